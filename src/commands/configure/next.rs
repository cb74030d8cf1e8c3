//! What comes after the first profile: the hook, and a profile for every other role. Offered to a
//! person, else named.

use crate::commands::{setup, sync};
use crate::domain::{Kind, Result};
use crate::io::{App, ask};
use crate::shell;
use crate::shell::loaded::is_loaded;

use super::answers::Complete;

/// Offers the hook where it is not loaded.
pub fn hook(app: &App) -> Result<()> {
    let shell = shell::parent(&app.env).filter(|shell| shell.hook().is_some());
    if let Some(shell) = shell.filter(|shell| !is_loaded(app, *shell)) {
        let name = shell.name();
        let question = format!("Add the hook to {name}, so that `ssoenv use` changes the shell?");
        if can_ask(app) && agreed(app, &question, true)? {
            setup::add(app, shell)?;
        } else {
            app.term.say("`ssoenv setup` adds the hook, with which `ssoenv use` changes the shell");
        }
    }
    Ok(())
}

/// Offers what is not there yet. `others`: whether more accounts are assigned to the person.
pub fn offer(app: &App, complete: &Complete, others: bool) -> Result<()> {
    hook(app)?;
    if others {
        let question = "Write a profile for every account and role (`ssoenv sync`)?";
        if can_ask(app) && agreed(app, question, false)? {
            let session = complete.session.name.as_ref().map(ToString::to_string);
            sync::run(app, &sync::Words { session, ..sync::Words::default() })?;
        } else {
            app.term.say("`ssoenv sync` writes a profile for every account and role");
        }
    }
    Ok(())
}

fn can_ask(app: &App) -> bool {
    app.term.can_ask() && !app.assume_yes
}

/// Leaving the question is a no: what was asked for is done.
fn agreed(app: &App, question: &str, default: bool) -> Result<bool> {
    match ask::confirm(app, question, default) {
        Err(error) if error.kind == Kind::Interrupted => Ok(false),
        answer => answer,
    }
}
