//! A program that is run for what it prints, bounded in time and size.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::time::timeout;

use super::app::App;
use super::signals::Interrupt;
use crate::domain::{Error, Result};

/// The most bytes that are taken of each stream.
pub const MOST: usize = 64 * 1024;

/// How long is waited for what an ended program has printed: it is in the pipe already, and
/// somebody in the background may have the pipe open for ever.
const REST: Duration = Duration::from_millis(200);

/// How long a program may take to end when it is told to; a question on the terminal is taken back.
#[cfg(unix)]
const FAREWELL: Duration = Duration::from_secs(1);

/// How it ended.
#[derive(Debug)]
pub enum Captured {
    /// By itself; standard error is cut to the first bytes.
    Ended {
        status: ExitStatus,
        /// All that it has printed.
        stdout: Vec<u8>,
        /// What it has said.
        stderr: Vec<u8>,
    },
    /// It was ended, because it took too long.
    Late,
    /// It was ended, because it printed too much.
    TooMuch,
}

impl App {
    /// Runs a command for no longer than `patience`. After a second a line says that this process
    /// waits for `what`; Ctrl-C ends both.
    pub fn capture(
        &self,
        mut command: Command,
        patience: Duration,
        what: &str,
    ) -> Result<io::Result<Captured>> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true);
        self.run_undisturbed(async {
            let mut interrupt = Interrupt::listen();
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => return Ok(Err(error)),
            };
            let captured = tokio::select! {
                biased;
                captured = self.patience.wait(patience, what, follow(&mut child)) => captured,
                () = interrupt.recv() => {
                    end(&mut child).await;
                    return Err(Error::interrupted());
                }
            };
            if !matches!(captured, Some(Ok(Captured::Ended { .. }))) {
                end(&mut child).await;
            }
            Ok(captured.unwrap_or(Ok(Captured::Late)))
        })?
    }
}

/// Reads both streams until the child has ended.
async fn follow(child: &mut Child) -> io::Result<Captured> {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let ended = {
        let said = read(err, &mut stderr, false);
        let printed = read(out, &mut stdout, true);
        let both = async { tokio::try_join!(printed, said) };
        tokio::pin!(both);
        tokio::select! {
            biased;
            read = &mut both => match read {
                Ok(_) => child.wait().await.map(Some),
                Err(TooMuch) => Ok(None),
            },
            status = child.wait() => {
                match timeout(REST, &mut both).await {
                    Ok(Err(TooMuch)) => Ok(None),
                    _ => status.map(Some),
                }
            }
        }
    }?;
    Ok(ended.map_or(Captured::TooMuch, |status| Captured::Ended { status, stdout, stderr }))
}

struct TooMuch;

/// Reads to the end, and keeps the first bytes; where all are needed, more is an error.
async fn read(
    stream: Option<impl AsyncRead + Unpin>,
    kept: &mut Vec<u8>,
    all: bool,
) -> std::result::Result<(), TooMuch> {
    let Some(mut stream) = stream else { return Ok(()) };
    let mut buffer = [0; 8192];
    while let Ok(size @ 1..) = stream.read(&mut buffer).await {
        let room = MOST - kept.len();
        if all && size > room {
            return Err(TooMuch);
        }
        kept.extend_from_slice(&buffer[..size.min(room)]);
    }
    Ok(())
}

/// Tells a child to end, and makes it if it does not.
async fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok())
        && let Some(id) = rustix::process::Pid::from_raw(id)
    {
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        if timeout(FAREWELL, child.wait()).await.is_ok() {
            return;
        }
    }
    let _ = child.kill().await;
}
