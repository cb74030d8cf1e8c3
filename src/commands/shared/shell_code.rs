//! Shell code as the last thing that a verb does: the change of variables printed for the shell that
//! evaluates it, and never to a terminal.

use std::mem::ManuallyDrop;

use crate::config::history;
use crate::domain::active::{Active, Recall};
use crate::domain::env_delta::EnvDelta;
use crate::domain::plan::Plan;
use crate::domain::saved::Saved;
use crate::domain::speech;
use crate::domain::{Error, Result, switch as variables};
use crate::io::App;
use crate::shell::loaded::is_loaded;
use crate::shell::{self, Dialect};

use super::tree;

/// Ends a `use` by hand: it is noted, and wins in the tree that the shell is in.
pub fn finish(app: &App, plan: &Plan, mut delta: EnvDelta, shell: Option<Dialect>) -> Result<u8> {
    tree::stay(app, &mut delta);
    let code = emit(app, plan, delta, shell)?;
    match plan.recall() {
        Some(Recall::OnTop { of, .. }) => history::record(app, &of),
        Some(used) => history::record(app, &used),
        None => {}
    }
    Ok(code)
}

/// Remembers the way back, and prints.
pub fn emit(app: &App, plan: &Plan, mut delta: EnvDelta, shell: Option<Dialect>) -> Result<u8> {
    let get = |name: &str| app.env.get(name);
    let now = plan.recall();
    let before = Active::read(get).and_then(|active| active.recall());
    let previous = match before {
        Some(before) if Some(&before) != now.as_ref() => Some(before),
        _ => app.env.non_empty("SSOENV_PREV").map(|text| Recall::parse(&text)),
    };
    variables::remember(&mut delta, Saved::capture(get), previous.as_ref());
    // The process is about to end: taking sixty variables apart would cost more than printing them.
    print(app, &ManuallyDrop::new(delta), shell)
}

/// Prints a change of variables for the shell.
pub fn print(app: &App, delta: &EnvDelta, shell: Option<Dialect>) -> Result<u8> {
    let dialect = shell::detect(&app.env, shell)?;
    app.term.out(&shell::render(dialect, delta, shell::is_wrapped(&app.env, shell))?)?;
    Ok(0)
}

/// Refuses, before anything is done, where what is printed would come to nothing or to harm: in a
/// PowerShell runspace without the hook, in a shell that reads no code of ours, and on a terminal.
pub fn check_reader(app: &App, verb: &str, shell: Option<Dialect>) -> Result<()> {
    refuse_runspace(app, verb, shell)?;
    shell::detect(&app.env, shell)?;
    refuse_terminal(app, verb)
}

/// Refuses a PowerShell runspace without the hook: what is printed there is shown, and not evaluated.
pub fn refuse_runspace(app: &App, verb: &str, shell: Option<Dialect>) -> Result<()> {
    if !shell::is_bare_runspace(&app.env, shell) {
        return Ok(());
    }
    Err(Error::usage(format!("this runspace has no hook for `ssoenv {verb}`"))
        .cause("the environment belongs to the whole process, not to one runspace")
        .hint("run one command with credentials: `ssoenv exec PROFILE -- COMMAND`")
        .hint("or ask for the text: `--shell powershell`"))
}

/// Refuses to print shell code to a terminal: it holds keys.
fn refuse_terminal(app: &App, verb: &str) -> Result<()> {
    if !app.term.stdout_is_terminal() {
        return Ok(());
    }
    let call =
        if verb == "use" { "ssoenv use PROFILE".to_owned() } else { format!("ssoenv {verb}") };
    let error = Error::usage(format!(
        "`ssoenv {verb}` prints shell code with secrets, and this is a terminal"
    ));
    let by_hand = (speech::reader().evaluate)(&call);
    let shell = shell::parent(&app.env);
    let Some((shell, hook)) = shell.and_then(|shell| Some((shell, shell.hook()?))) else {
        return Err(error
            .hint(format!("run `{by_hand}`"))
            .hint("or load the hook: `ssoenv init --help` has the line for each shell"));
    };
    let (now, name) = (hook.load_now, shell.name());
    Err(if is_loaded(app, shell) {
        error.hint(format!(
            "run `{now}`: this shell does not have the hook of `ssoenv init {name}` yet, new ones do"
        ))
    } else {
        error.hint(format!(
            "run `ssoenv setup`, then `{now}`: with the hook of `ssoenv init {name}`, `{call}` is enough"
        ))
    }
    .hint(format!("or once, without the hook: `{by_hand}`")))
}
