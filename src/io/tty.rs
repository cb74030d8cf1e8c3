//! Lines from the terminal without echo, read beside other work and given up without a trace.

use tokio::sync::mpsc;

use super::modes::Kept;
use crate::domain::Result;

/// Lines typed or pasted at the terminal. Dropping it gives the terminal back as it was.
#[derive(Debug)]
pub struct HiddenLines {
    lines: mpsc::UnboundedReceiver<Result<String>>,
    #[cfg(unix)]
    reader: unix::Reader,
    /// Behind the reader, which gives the terminal back itself.
    #[allow(dead_code, reason = "it is there to be dropped")]
    kept: Kept,
}

impl HiddenLines {
    /// Starts reading; `None` where there is no terminal.
    pub fn start() -> Option<Self> {
        let kept = Kept::here();
        let (sender, lines) = mpsc::unbounded_channel();
        #[cfg(unix)]
        {
            Some(Self { lines, kept, reader: unix::Reader::start(sender)? })
        }
        #[cfg(not(unix))]
        {
            super::term::tty()?;
            std::thread::spawn(move || other::read(&sender));
            Some(Self { lines, kept })
        }
    }

    /// The next line, trimmed; `None` when there will be none: Ctrl-D, or the terminal is gone.
    ///
    /// # Errors
    /// Kind `Interrupted`, where Ctrl-C is a key and no signal.
    pub async fn next(&mut self) -> Result<Option<String>> {
        #[cfg(unix)]
        loop {
            tokio::select! {
                line = self.lines.recv() => return line.transpose(),
                // Ctrl-Z and `fg`: the shell has given the terminal its own modes.
                () = self.reader.resumed() => self.reader.hide(),
            }
        }
        #[cfg(not(unix))]
        self.lines.recv().await.transpose()
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::Read;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread::{JoinHandle, sleep};
    use std::time::{Duration, Instant};

    #[cfg(target_os = "linux")]
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };
    use tokio::signal::unix::{Signal, SignalKind, signal};
    use tokio::sync::mpsc::UnboundedSender;

    use crate::domain::Result;
    use crate::io::term::{is_another_jobs, tty};

    /// The longest line that is kept: a redirect address with a long code.
    const LINE: usize = 64 * 1024;

    /// How often one in the background looks whether it is there still.
    const LOOK: Duration = Duration::from_millis(100);

    /// A thread that reads the terminal, and the terminal's modes from before.
    #[derive(Debug)]
    pub struct Reader {
        tty: File,
        before: Termios,
        hidden: Termios,
        stop: Arc<AtomicBool>,
        /// Wakes the thread when it is dropped.
        alive: Option<UnixStream>,
        thread: Option<JoinHandle<()>>,
        resumed: Option<Signal>,
    }

    impl Reader {
        pub fn start(lines: UnboundedSender<Result<String>>) -> Option<Self> {
            let tty = tty()?;
            let before = tcgetattr(&tty).ok()?;
            let mut hidden = before.clone();
            // No echo, no line length limit; Ctrl-C stays a signal. A read that gets nothing for
            // a tenth of a second comes back empty, so that the thread can be told to stop.
            hidden.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON);
            hidden.special_codes[SpecialCodeIndex::VMIN] = 0;
            hidden.special_codes[SpecialCodeIndex::VTIME] = 1;
            tcsetattr(&tty, OptionalActions::Now, &hidden).ok()?;
            let stop = Arc::new(AtomicBool::new(false));
            let (source, told) = (tty.try_clone().ok(), Arc::clone(&stop));
            let (alive, wake) = UnixStream::pair().ok()?;
            let end = before.special_codes[SpecialCodeIndex::VEOF];
            let thread = source
                .map(|source| std::thread::spawn(move || read(source, &wake, end, &told, &lines)));
            let resumed = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw())).ok();
            Some(Self { tty, before, hidden, stop, alive: Some(alive), thread, resumed })
        }

        /// Waits until this process was stopped and goes on in the foreground.
        pub async fn resumed(&mut self) {
            match &mut self.resumed {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
            while is_another_jobs(&self.tty) {
                tokio::time::sleep(LOOK).await;
            }
        }

        /// Sets the modes anew.
        pub fn hide(&self) {
            // The terminal may be gone: the reader will notice.
            let _ = tcsetattr(&self.tty, OptionalActions::Now, &self.hidden);
        }
    }

    impl Drop for Reader {
        fn drop(&mut self) {
            self.stop.store(true, Ordering::Relaxed);
            // At once: a shell that kills what has not ended soon after Ctrl-C would leave the
            // terminal without echo.
            drop(self.alive.take());
            // A read that began under the shell's modes waits for a key; nothing waits for that.
            let end = Instant::now() + Duration::from_millis(300);
            while self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
                && Instant::now() < end
            {
                sleep(Duration::from_millis(1));
            }
            // The terminal may be gone; then there is nothing to give back.
            if !is_another_jobs(&self.tty) {
                let _ = tcsetattr(&self.tty, OptionalActions::Now, &self.before);
            }
        }
    }

    /// Waits until something is typed; false where the reader was dropped first. Where terminals
    /// cannot be waited for (macOS), the read itself comes back soon.
    #[cfg(target_os = "linux")]
    fn wait(tty: &File, wake: &UnixStream) -> bool {
        use rustix::event::{PollFd, PollFlags, poll};
        let (tty, wake) = (tty.as_fd(), wake.as_fd());
        let mut watched = [PollFd::new(&tty, PollFlags::IN), PollFd::new(&wake, PollFlags::IN)];
        match poll(&mut watched, None) {
            Ok(_) => watched[1].revents().is_empty(),
            Err(error) => error != rustix::io::Errno::INTR,
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn wait(_: &File, _: &UnixStream) -> bool {
        true
    }

    /// Sends line after line until it is told to stop, `end` (Ctrl-D) is typed on an empty line, or
    /// the terminal goes.
    fn read(
        mut tty: File,
        wake: &UnixStream,
        end: u8,
        stop: &AtomicBool,
        lines: &UnboundedSender<Result<String>>,
    ) {
        let mut line = Vec::new();
        let mut chunk = [0; 1024];
        while !stop.load(Ordering::Relaxed) {
            if !wait(&tty, wake) {
                continue;
            }
            if is_another_jobs(&tty) {
                sleep(LOOK);
                continue;
            }
            let count = match tty.read(&mut chunk) {
                // Nothing came in time; or the terminal was hung up, which reads the same.
                Ok(0) if tcgetattr(&tty).is_err() => return,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            for &byte in &chunk[..count] {
                match byte {
                    _ if byte == end && line.is_empty() => return,
                    _ if byte == end || matches!(byte, b'\r' | b'\n') => {
                        let text = String::from_utf8_lossy(&line).trim().to_owned();
                        line.clear();
                        if lines.send(Ok(text)).is_err() {
                            return;
                        }
                    }
                    // Backspace, delete; Ctrl-U, Ctrl-W.
                    8 | 127 => drop(line.pop()),
                    21 | 23 => line.clear(),
                    _ if line.len() < LINE => line.push(byte),
                    _ => {}
                }
            }
        }
    }
}

#[cfg(not(unix))]
mod other {
    use tokio::sync::mpsc::UnboundedSender;

    use super::super::typed;
    use crate::domain::{Error, Result};

    pub fn read(lines: &UnboundedSender<Result<String>>) {
        loop {
            let line = match typed::hidden() {
                Ok(line) => line.map(|line| line.trim().to_owned()).ok_or_else(Error::interrupted),
                Err(_) => return,
            };
            let last = line.is_err();
            if lines.send(line).is_err() || last {
                return;
            }
        }
    }
}
