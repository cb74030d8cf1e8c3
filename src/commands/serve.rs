//! `serve`: the container-credentials endpoint in the foreground, until it is told to end.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::container_endpoint::{self, ContainerEndpoint, Offer};
use crate::identity::{LoginPolicy, Policy};
use crate::io::files::{self, Durability};
use crate::io::server::Listener;
use crate::io::{App, child};

use super::shared::choice::Choice;
use super::shared::{switch, target};

/// Where a container finds the token file.
const IN_CONTAINER: &str = "/run/ssoenv-token";

/// The words of `serve`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// PROFILE…; account and role; or nothing.
    pub choices: Vec<Choice>,
    /// `--port`.
    pub port: Option<u16>,
    /// `--docker`.
    pub docker: bool,
    /// `--write`.
    pub write: Option<PathBuf>,
}

/// Serves until Ctrl-C or another end.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let login = LoginPolicy { allow_login: false, ..switch::login_policy(&settings) };
    let policy = Policy::new(login);
    let mut offers: Vec<Offer> = Vec::new();
    for choice in &options.choices {
        let target = target::required(app, &config, choice, &policy.login)?;
        if offers.iter().all(|offer| offer.target != target) {
            offers.push(Offer { target, policy: policy.clone() });
        }
    }
    let listener = bind(options.port)?;
    let own = App::new(app.env.clone(), app.term, app.assume_yes);
    let endpoint = Arc::new(ContainerEndpoint::new(own, listener.port, offers)?);
    let shown = options.write.is_none() && app.term.stdout_is_terminal();
    let token = (options.docker || shown)
        .then(|| TemporaryFile::token(app, listener.port, endpoint.token()))
        .transpose()?;
    let lines = lines(&endpoint, token.as_ref(), options.docker);
    let count = endpoint.uris().len();
    let plural = if count == 1 { "" } else { "s" };
    let interrupted = app.run_undisturbed(async {
        let broken = |error| Error::failed("no signal can be heard").cause(error);
        let ends = child::Ends::listen().map_err(broken)?;
        // Where the end is heard from now on: a signal leaves no file behind.
        let written = match &options.write {
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
fn lines(endpoint: &ContainerEndpoint, file: Option<&TemporaryFile>, docker: bool) -> String {
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
            shell_words::join(words) + "\n"
        });
        return words.collect();
    }
    let token = match file {
        Some(file) => {
            format!("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={}\n", file.path.display())
        }
        None => format!("AWS_CONTAINER_AUTHORIZATION_TOKEN={}\n", endpoint.token().expose()),
    };
    let uris = uris.iter().map(|uri| format!("AWS_CONTAINER_CREDENTIALS_FULL_URI={uri}\n"));
    uris.chain([token]).collect()
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
        Self::write(path, token.expose().to_owned(), files::write_state)
    }

    /// What is printed otherwise. A file of anything else is not replaced.
    fn lines(path: &Path, text: String) -> Result<Self> {
        let own = |old: &[u8]| old.is_empty() || STARTS.iter().any(|s| old.starts_with(s));
        let foreign = if path.is_file() {
            let old = files::read(path).map_err(|error| unwritable(path).cause(error))?;
            old.is_some_and(|old| !own(&old))
        } else {
            path.exists()
        };
        if foreign {
            let what = format!("`{}` exists and is not from `ssoenv serve`", path.display());
            return Err(Error::usage(what).hint("remove it, or name another file"));
        }
        Self::write(path.to_owned(), text, files::write_private)
    }

    fn write(path: PathBuf, text: String, how: Write) -> Result<Self> {
        how(&path, text.as_bytes(), Durability::Cached)
            .map_err(|error| unwritable(&path).cause(error))?;
        Ok(Self { path, text })
    }
}

type Write = fn(&Path, &[u8], Durability) -> io::Result<()>;

/// How files of [`TemporaryFile::lines`] begin.
const STARTS: [&[u8]; 2] = [b"AWS_CONTAINER_CREDENTIALS_FULL_URI=", b"--network "];

fn unwritable(path: &Path) -> Error {
    Error::config(format!("`{}` cannot be written", path.display()))
        .hint("make that folder yours and writable, or name another file")
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // Another server may have replaced it. The token is worth nothing from here on.
        if files::read(&self.path).is_ok_and(|now| now.as_deref() == Some(self.text.as_bytes())) {
            let _ = files::remove(&self.path);
        }
    }
}
