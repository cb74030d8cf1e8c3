//! Starting the command: its environment, and why it did not start.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use crate::commands::shared::guard::Permit;
use crate::commands::shared::{after_login, switch, tree};
use crate::domain::credentials::Credentials;
use crate::domain::env_delta::EnvDelta;
use crate::domain::on_top::OnTop;
use crate::domain::plan::Plan;
use crate::domain::profile::Target;
use crate::domain::saved::Saved;
use crate::domain::speech;
use crate::domain::{Error, Result};
use crate::identity::Policy;
use crate::io::{App, limits, process};

/// The shell's code for a command that is not there.
const NOT_FOUND: u8 = 127;
/// The shell's code for a command that cannot be run.
const NOT_EXECUTABLE: u8 = 126;

/// The variables of keys mode for a target. What `clear` and `use -` need is not among them.
pub fn variables(app: &App, permit: &mut Permit, policy: &Policy) -> Result<EnvDelta> {
    let asked = policy.region.as_deref();
    permit.plan().judge_region(asked)?;
    let credentials = after_login::credentials(app, permit, policy)?;
    keys(app, permit.plan(), asked, &credentials)
}

/// The same for credentials that are there.
pub fn keys(
    app: &App,
    plan: &Plan,
    asked: Option<&str>,
    credentials: &Credentials,
) -> Result<EnvDelta> {
    let region = switch::region(app, plan, asked)?;
    let mut delta = switch::keys(app, plan, region, credentials);
    Saved::capture(|name| app.env.get(name)).take_back(&mut delta);
    // A shell that is started is still in this tree, and what was named here wins.
    tree::stay(app, &mut delta);
    Ok(delta)
}

/// The command with its arguments as they are, in an environment changed by `delta`.
pub fn command(words: &[OsString], delta: &EnvDelta) -> Command {
    let mut command = process::command(&words[0]);
    command.args(&words[1..]);
    for (name, value) in delta.changes() {
        match value {
            Some(value) => command.env(&**name, value),
            None => command.env_remove(&**name),
        };
    }
    command
}

/// The code of a command that cannot be there: told before anybody has to log in for it.
pub fn missing(app: &App, who: &str, command: &[OsString]) -> Option<u8> {
    let error = process::check_program(&app.env, &command[0]).err()?;
    Some(not_started(app, who, command, &error))
}

/// Says why the command did not start; gives the code that a shell would give. `who` is the profile
/// as it is typed.
pub fn not_started(app: &App, who: &str, command: &[OsString], error: &io::Error) -> u8 {
    let name = command[0].to_string_lossy();
    let own = own_command(who, command);
    let (code, error) = match error.kind() {
        io::ErrorKind::NotFound => (
            NOT_FOUND,
            Error::failed(format!("the command `{name}` was not found"))
                .hint(own.unwrap_or_else(|| "check its spelling and `PATH`".to_owned())),
        ),
        io::ErrorKind::ArgumentListTooLong => (
            NOT_EXECUTABLE,
            Error::failed(format!("the command `{name}` has too many arguments")).cause(error),
        ),
        _ => (
            NOT_EXECUTABLE,
            Error::failed(format!("the command `{name}` cannot be run")).cause(error).hint(
                limits::hint_of_start(error)
                    .map(str::to_owned)
                    .or(own.filter(|_| process::is_powershell_script(&command[0])))
                    .unwrap_or_else(|| "check its mode and what its first line names".to_owned()),
            ),
        ),
    };
    app.term.report(&error);
    code
}

/// What runs a command that only the reader's shell knows.
fn own_command(who: &str, command: &[OsString]) -> Option<String> {
    let run = speech::reader().own_command?;
    let words: Vec<_> = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let name = words[0].as_str();
    // A path is a program's or a script's.
    let path = name.contains(['/', '\\']) && !process::is_powershell_script(&command[0]);
    (!name.is_empty() && !path).then(|| {
        format!(
            "a cmdlet, function or script needs a PowerShell: `ssoenv exec {who} -- {}`",
            run(&words)
        )
    })
}

/// The words of `exec` that mean the target.
pub fn typed(target: &Target) -> String {
    let who = match (&target.profile, target.source.sso_root()) {
        (None, Some(role)) => format!("--account {} --role {}", role.account_id, role.role_name),
        _ => speech::word(&target.label()),
    };
    who + &target.on_top.as_ref().map(OnTop::options).unwrap_or_default()
}
