//! `serve`: the container-credentials endpoint in the foreground, until it is told to end.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::Policy;
use crate::identity::container_endpoint::{self, ContainerEndpoint, Offer};
use crate::io::files::{self, Durability};
use crate::io::own;
use crate::io::server::Listener;
use crate::io::unwritable::cannot_write;
use crate::io::{App, child};

use super::shared::choice::{ByRole, Choice};
use super::shared::guard::{self, Consent};
use super::shared::login::{self, Wish};
use super::shared::{Completes, target};

/// Where a container finds the token file.
const IN_CONTAINER: &str = "/run/ssoenv-token";

/// Serve credentials to SDKs on this machine (container-credentials endpoint)
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv serve prod               Print the variables that SDKs read, and serve
  ssoenv serve prod --port 9911   Serve on a fixed port
  ssoenv serve prod --docker      Print the options for a container")]
pub struct Words {
    /// Profiles to serve, each under its own path
    #[arg(add = Completes::Profile)]
    profiles: Vec<String>,
    /// The account and role.
    #[command(flatten)]
    by_role: ByRole,
    /// Port to listen on; a free one when left out
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Print what a container needs
    #[arg(long)]
    docker: bool,
    /// Write the lines to FILE (mode 0600, removed at the end) instead of printing them
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

impl Words {
    /// The profiles, or account and role, or nothing: what this shell uses.
    fn choices(&self) -> Vec<Choice> {
        let mut choices: Vec<_> = self.profiles.iter().map(Choice::profile).collect();
        if choices.is_empty() || self.by_role.account.is_some() {
            choices.push(Choice { by_role: self.by_role.clone(), ..Choice::default() });
        }
        choices
    }
}

/// Serves until Ctrl-C or another end.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let login = login::policy(app, &settings, Wish::Unwanted)?;
    let policy = Policy::new(login);
    let mut offers: Vec<Offer> = Vec::new();
    for choice in &words.choices() {
        let target = target::required(app, &config, &settings, choice, &policy.login)?;
        if offers.iter().all(|offer| offer.target != target) {
            let mut permit = guard::permit(app, &settings, target, Consent::Asked, Some("serve"))?;
            permit.look_again(app, None)?;
            offers.push(permit.offer(policy.clone()));
        }
    }
    let listener = bind(words.port)?;
    let own = App::new(app.env.clone(), app.term, app.assume_yes);
    let endpoint = Arc::new(ContainerEndpoint::new(own, listener.port, offers)?);
    let shown = words.write.is_none() && app.term.stdout_is_terminal();
    let token = (words.docker || shown)
        .then(|| TemporaryFile::token(app, listener.port, endpoint.token()))
        .transpose()?;
    let lines = lines(&endpoint, token.as_ref(), words.docker)?;
    let count = endpoint.uris().len();
    let plural = if count == 1 { "" } else { "s" };
    let interrupted = app.run_undisturbed(async {
        let broken = |error| Error::failed("no signal can be heard").cause(error);
        let ends = child::Ends::listen().map_err(broken)?;
        // Where the end is heard from now on: a signal leaves no file behind.
        let written = match &words.write {
            Some(path) => Some(TemporaryFile::lines(path, lines)?),
            None => app.term.out(&lines).map(|()| None)?,
        };
        let port = listener.port;
        app.term.say(&format!("serving {count} profile{plural} on port {port}; Ctrl-C ends it"));
        let interrupted = container_endpoint::serve(&listener, endpoint, ends.wait()).await;
        drop(written);
        interrupted
    })?;
    drop(token);
    if interrupted? { Err(Error::interrupted()) } else { Ok(0) }
}

/// The listener on 127.0.0.1.
pub fn bind(port: Option<u16>) -> Result<Listener> {
    Listener::bind(port).map_err(|error| {
        let port = port.map_or_else(|| "a free port".to_owned(), |port| format!("port {port}"));
        Error::failed(format!("{port} of 127.0.0.1 cannot be listened on"))
            .cause(error)
            .hint("leave `--port` out, and a free one is taken")
    })
}

/// What a client needs: an address per profile, and the token or where it is.
fn lines(
    endpoint: &ContainerEndpoint,
    file: Option<&TemporaryFile>,
    docker: bool,
) -> Result<String> {
    let uris = endpoint.uris();
    if let Some(file) = file.filter(|_| docker) {
        let mount = format!("{}:{IN_CONTAINER}:ro", file.path.display());
        let words = uris.iter().map(|uri| {
            // The token is mounted, not passed: `docker inspect` shows variables.
            let words = [
                "--network",
                "host",
                "--volume",
                &mount,
                "--env",
                &format!("AWS_CONTAINER_CREDENTIALS_FULL_URI={uri}"),
                "--env",
                &format!("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={IN_CONTAINER}"),
            ];
            words.join(" ") + "\n"
        });
        return match mount.find(is_split) {
            None => Ok(words.collect()),
            Some(_) => {
                Err(Error::config("the path of the token's file cannot be handed to `docker run`")
                    .cause(format!("`{}` has a blank or a special character", file.path.display()))
                    .hint("set `XDG_STATE_HOME` to a folder without them"))
            }
        };
    }
    let token = match file {
        Some(file) => {
            format!("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={}\n", file.path.display())
        }
        None => format!("AWS_CONTAINER_AUTHORIZATION_TOKEN={}\n", endpoint.token().expose()),
    };
    let uris = uris.iter().map(|uri| format!("AWS_CONTAINER_CREDENTIALS_FULL_URI={uri}\n"));
    Ok(uris.chain([token]).collect())
}

/// Whether a shell splits or expands what stands in `$(cat FILE)` here.
fn is_split(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '*' | '?' | '[' | '\\')
}

/// A file that is there for as long as it is served, 0600.
struct TemporaryFile {
    path: PathBuf,
    text: String,
}

impl TemporaryFile {
    /// The token, without a line end: SDKs send the file as it is, and refuse one.
    fn token(app: &App, port: u16, token: &Secret) -> Result<Self> {
        let path = app.paths.state_dir()?.join("serve").join(format!("{port}.token"));
        Self::write(path, token.expose().to_owned(), own::write)
    }

    /// What is printed otherwise. A file of anything else is not replaced.
    fn lines(path: &Path, text: String) -> Result<Self> {
        let own = |old: &[u8]| old.is_empty() || STARTS.iter().any(|s| old.starts_with(s));
        let foreign = if path.is_file() {
            let old = files::read(path).map_err(|error| cannot_write(path, &error))?;
            old.is_some_and(|old| !own(&old))
        } else {
            path.exists()
        };
        if foreign {
            let what = format!("`{}` exists and is not from `ssoenv serve`", path.display());
            return Err(Error::usage(what).hint("remove it, or name another file"));
        }
        Self::write(path.to_owned(), text, own::write_beside)
    }

    fn write(path: PathBuf, text: String, how: Write) -> Result<Self> {
        how(&path, text.as_bytes(), Durability::Cached)
            .map_err(|error| cannot_write(&path, &error))?;
        Ok(Self { path, text })
    }
}

type Write = fn(&Path, &[u8], Durability) -> io::Result<()>;

/// How files of [`TemporaryFile::lines`] begin.
const STARTS: [&[u8]; 2] = [b"AWS_CONTAINER_CREDENTIALS_FULL_URI=", b"--network "];

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // Another server may have replaced it. The token is worth nothing from here on.
        if files::read(&self.path).is_ok_and(|now| now.as_deref() == Some(self.text.as_bytes())) {
            let _ = files::remove(&self.path);
        }
    }
}
