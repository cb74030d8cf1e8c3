//! A program on a terminal of its own, by `script` of util-linux.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::{World, watch};

/// A line of shell on a terminal.
pub struct Tty {
    child: Child,
    output: Receiver<Vec<u8>>,
    seen: String,
    giving: bool,
}

impl Tty {
    /// Starts the line; `None` with a printed line where there is no `script`.
    pub fn start(world: &World, line: &str) -> Option<Self> {
        let script = super::find("script", "SSOENV_TEST_CLIENTS")?;
        let mut command: Command = world.command(script);
        // The shell in between would die of Ctrl-C.
        command
            .args(["-qec", &format!("exec {line}"), "/dev/null"])
            .env("TERM", "dumb")
            .env("SHELL", "/bin/sh");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("script starts");
        let mut from = child.stdout.take().expect("piped");
        let (send, output) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(size @ 1..) = from.read(&mut bytes) {
                if send.send(bytes[..size].to_vec()).is_err() {
                    return;
                }
            }
        });
        Some(Self { child, output, seen: String::new(), giving: false })
    }

    /// Types.
    pub fn type_in(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().expect("open");
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("it reads");
    }

    /// One on which a secret was asked for.
    pub fn giving(mut self) -> Self {
        self.giving = true;
        self
    }

    fn see(&mut self, bytes: &[u8]) {
        self.seen.push_str(&String::from_utf8_lossy(bytes));
        if !self.giving {
            watch::screen(&self.seen);
        }
    }

    /// Waits until the text has come behind all that was waited for before.
    pub fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.seen.contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.see(&bytes),
                Err(error) => panic!("no {text:?} in {:?}: {error}", self.seen),
            }
        }
        let behind = self.seen.find(text).expect("it is there") + text.len();
        self.seen.drain(..behind);
    }

    /// Waits for the end; gives the exit code and what came since.
    pub fn end(mut self) -> (i32, String) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let code = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < deadline, "it does not end: {:?}", self.seen);
            thread::sleep(Duration::from_millis(5));
        };
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_secs(1)) {
            self.see(&bytes);
        }
        (code, std::mem::take(&mut self.seen))
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
