//! From the words of the command line to a command with resolved arguments.

use super::args::Command;
use crate::commands::session::LoginFlags;
use crate::commands::{login, logout};
use crate::domain::{Error, Result};
use crate::io::App;

/// Runs one command; the number is the exit code.
pub fn run(app: &App, command: Command) -> Result<u8> {
    match command {
        Command::Login(args) => login::run(
            app,
            &login::Login {
                profile: args.profile.map(Into::into),
                sso_session: args.sso_session.map(Into::into),
                flags: LoginFlags {
                    no_login: false,
                    device_code: args.device_code,
                    no_browser: args.no_browser,
                    port: args.port,
                    force: args.force,
                },
            },
        ),
        Command::Logout(args) => logout::run(
            app,
            &match (args.sso_session, args.all) {
                (Some(name), _) => logout::Scope::Session(name.into()),
                (None, true) => logout::Scope::All,
                (None, false) => logout::Scope::Configured,
            },
        ),
        other => Err(Error::failed(format!("{other:?}"))),
    }
}
