//! This program once more, beside itself: what that one prints in time is this one's answer, and
//! what takes longer goes on alone.

use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;

use super::app::App;
use super::process;
use crate::domain::{Error, Result};

/// What came in time.
#[derive(Debug)]
pub struct Done {
    /// Its exit code.
    pub code: u8,
    /// All that it has printed.
    pub stdout: Vec<u8>,
}

impl App {
    /// Runs this program with these words, for no longer than `patience`; `None` where it goes on.
    /// What it says until then is said here. Nothing that it has sent is given up: a token that works
    /// once finds its successor.
    pub fn beside(&self, words: Vec<OsString>, patience: Duration) -> Result<Option<Done>> {
        let failed = |error| Error::failed("a second ssoenv did not start").cause(error);
        let mut command = process::command(process::current_exe().map_err(failed)?);
        if self.term.color_err() {
            command.args(["--color", "always"]);
        }
        if log::log_enabled!(log::Level::Debug) {
            command.arg("-vv");
        } else if log::log_enabled!(log::Level::Info) {
            command.arg("-v");
        }
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = tokio::process::Command::from(process::alone(command));
        self.run(async {
            let mut child = command.spawn().map_err(failed)?;
            let (mut out, err) = (child.stdout.take(), child.stderr.take());
            let mut stdout = Vec::new();
            let done = async {
                let printed = async {
                    match &mut out {
                        Some(out) => out.read_to_end(&mut stdout).await.map(drop),
                        None => Ok(()),
                    }
                };
                let said = async {
                    let Some(mut err) = err else { return };
                    let mut buffer = [0; 4096];
                    while let Ok(size @ 1..) = err.read(&mut buffer).await {
                        self.term.err_bytes(&buffer[..size]);
                    }
                };
                let (printed, ()) = tokio::join!(printed, said);
                printed?;
                child.wait().await
            };
            let status = tokio::select! {
                biased;
                status = done => status.map_err(failed)?,
                () = self.clock.sleep(patience) => return Ok(None),
            };
            let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
            Ok(Some(Done { code, stdout }))
        })
    }
}
