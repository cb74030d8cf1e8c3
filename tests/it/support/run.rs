//! Programs that are run or started: the only way, so that all they say is searched for secrets.

use std::io::Read;
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::watch;

/// Runs a command to its end.
pub fn output(command: &mut Command) -> Output {
    try_output(command).expect("the program starts")
}

/// The same; `None` where there is no such program.
pub fn try_output(command: &mut Command) -> Option<Output> {
    let output = command.output().ok()?;
    watch::output(command, &output);
    Some(output)
}

/// A program that runs. Its standard error is read all the time; its other streams are as the
/// command says. One that is dropped is killed.
pub struct Running {
    child: Option<Child>,
    said: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut from = child.stderr.take().expect("piped");
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(size @ 1..) = from.read(&mut bytes) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(&bytes[..size]);
            }
        });
        Self { child: Some(child), said, reader }
    }

    /// Waits for its end; what it has put out.
    pub fn end(mut self) -> Output {
        let child = self.child.take().expect("it was not waited for");
        let mut output = child.wait_with_output().expect("it ends");
        output.stderr = self.said();
        output
    }

    /// Waits for a line on its standard error that starts so; all of that line.
    pub fn wait_for_line(&self, start: &str) -> String {
        let patience = Instant::now() + Duration::from_secs(20);
        loop {
            let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let text = String::from_utf8_lossy(&said);
            let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            if let Some(line) = whole.map(str::trim_end).find(|line| line.starts_with(start)) {
                return line.to_owned();
            }
            assert!(Instant::now() < patience, "no line starts with `{start}`: {text}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What stands on its standard error at its end. Somebody who has it open still is not waited for.
    fn said(&self) -> Vec<u8> {
        let patience = Instant::now() + Duration::from_secs(2);
        while !self.reader.is_finished() && Instant::now() < patience {
            thread::sleep(Duration::from_millis(1));
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        watch::errors(&said);
        said
    }
}

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        self.child.as_ref().expect("it was not waited for")
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        self.child.as_mut().expect("it was not waited for")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        drop(child.kill());
        drop(child.wait());
        if !thread::panicking() {
            self.said();
        }
    }
}
