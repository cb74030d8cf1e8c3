//! `cargo demo`: ssoenv against the simulated Identity Center, in a shell of the user's.
//!
//! On a terminal it opens the user's shell with the hook loaded. Without one it walks the tour
//! itself and ends with 0 only if every step did what it says.
#![allow(clippy::disallowed_methods, reason = "the bans are for the program, this makes its world")]

mod home;
mod shells;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use identity_center::IdentityCenter;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["browse", url] => return browse(url),
        ["--help" | "-h"] => {
            say("cargo demo             a shell with ssoenv and a simulated Identity Center\n\
             cargo demo --browser   the same, signing in with your own browser\n\
             cargo demo --tour      no shell: the tour walks itself")
        }
        words => demo(words.contains(&"--browser"), words.contains(&"--tour")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            drop(say_err(&format!("demo: {failure}")));
            ExitCode::FAILURE
        }
    }
}

/// The demo's own browser: follows the sign-in to its end and shows nothing.
fn browse(url: &str) -> ExitCode {
    match identity_center::browser::open(url, None) {
        Ok(page) if page.status < 400 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn demo(own_browser: bool, tour: bool) -> Result<(), Failure> {
    let program = build()?;
    let center = IdentityCenter::builder().auto_approve(!own_browser).build();
    for (id, name, roles) in home::ACCOUNTS {
        center.add_account(id, name, &format!("aws+{id}@example.com"), roles);
    }
    let home = tempfile::Builder::new().prefix("ssoenv-demo-").tempdir()?;
    home::write(home.path())?;
    let mut env = center.env();
    env.extend(home::env(home.path(), &program, own_browser)?);
    let interactive = !tour && std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let status = if interactive {
        let shell = shells::of_the_user(&program);
        say(&shells::welcome(&shell))?;
        clean(shells::interactive(&shell, home.path(), &program, &env)?).envs(env).status()?
    } else {
        clean(shells::tour(home.path())?).envs(env).stdin(Stdio::null()).status()?
    };
    let violations = center.violations();
    if !violations.is_empty() {
        return Err(format!("the simulator was sent what AWS refuses: {violations:?}").into());
    }
    if !interactive && !status.success() {
        return Err(format!("the tour stopped: {status}").into());
    }
    Ok(())
}

/// Builds ssoenv with the cargo that started the demo, and says where it is.
fn build() -> Result<PathBuf, Failure> {
    say_err("demo: building ssoenv …")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--package", "ssoenv", "--bin", "ssoenv"])
        .current_dir(root)
        .stdout(Stdio::null())
        .status()?;
    let program =
        std::env::current_exe()?.with_file_name(format!("ssoenv{}", std::env::consts::EXE_SUFFIX));
    if status.success() && program.is_file() {
        Ok(program)
    } else {
        Err("ssoenv was not built".into())
    }
}

/// A command without the AWS and ssoenv variables of the outside.
fn clean(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let own =
            text.starts_with("AWS_") || text.starts_with("SSOENV_") || text.starts_with("XDG_");
        if own || text.to_ascii_lowercase().ends_with("_proxy") || text == "PROMPT_COMMAND" {
            command.env_remove(&name);
        }
    }
    command
}

fn say(text: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn say_err(text: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stderr(), "{text}")?)
}
