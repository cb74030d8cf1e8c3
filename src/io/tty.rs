//! Lines from the terminal without echo, read beside other work and given up without a trace.

use tokio::sync::mpsc;

/// Lines typed or pasted at the terminal. Dropping it gives the terminal back as it was.
#[derive(Debug)]
pub struct HiddenLines {
    lines: mpsc::UnboundedReceiver<String>,
    #[cfg(unix)]
    reader: unix::Reader,
}

impl HiddenLines {
    /// Starts reading; `None` where there is no terminal.
    pub fn start() -> Option<Self> {
        let (sender, lines) = mpsc::unbounded_channel();
        #[cfg(unix)]
        {
            Some(Self { lines, reader: unix::Reader::start(sender)? })
        }
        #[cfg(not(unix))]
        {
            super::term::tty()?;
            std::thread::spawn(move || other::read(&sender));
            Some(Self { lines })
        }
    }

    /// The next line, trimmed; `None` when there will be none: Ctrl-D, or the terminal is gone.
    pub async fn next(&mut self) -> Option<String> {
        #[cfg(unix)]
        loop {
            tokio::select! {
                line = self.lines.recv() => return line,
                // Ctrl-Z and `fg`: the shell has given the terminal its own modes.
                () = self.reader.resumed() => self.reader.hide(),
            }
        }
        #[cfg(not(unix))]
        self.lines.recv().await
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

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };
    use tokio::signal::unix::{Signal, SignalKind, signal};
    use tokio::sync::mpsc::UnboundedSender;

    /// The longest line that is kept: a redirect address with a long code.
    const LINE: usize = 64 * 1024;

    /// A thread that reads the terminal, and the terminal's modes from before.
    #[derive(Debug)]
    pub struct Reader {
        tty: File,
        before: Termios,
        hidden: Termios,
        stop: Arc<AtomicBool>,
        thread: Option<JoinHandle<()>>,
        resumed: Option<Signal>,
    }

    impl Reader {
        pub fn start(lines: UnboundedSender<String>) -> Option<Self> {
            let tty = crate::io::term::tty()?;
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
            let end = before.special_codes[SpecialCodeIndex::VEOF];
            let thread =
                source.map(|source| std::thread::spawn(move || read(source, end, &told, &lines)));
            let resumed = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw())).ok();
            Some(Self { tty, before, hidden, stop, thread, resumed })
        }

        /// Waits until this process was stopped and goes on.
        pub async fn resumed(&mut self) {
            match &mut self.resumed {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
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
            // A read that began under the shell's modes waits for a key; nothing waits for that.
            let end = Instant::now() + Duration::from_millis(300);
            while self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
                && Instant::now() < end
            {
                sleep(Duration::from_millis(5));
            }
            // The terminal may be gone; then there is nothing to give back.
            let _ = tcsetattr(&self.tty, OptionalActions::Now, &self.before);
        }
    }

    /// Sends line after line until it is told to stop, `end` (Ctrl-D) is typed on an empty line, or
    /// the terminal goes.
    fn read(mut tty: File, end: u8, stop: &AtomicBool, lines: &UnboundedSender<String>) {
        let mut line = Vec::new();
        let mut chunk = [0; 1024];
        while !stop.load(Ordering::Relaxed) {
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
                        if lines.send(text).is_err() {
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

    pub fn read(lines: &UnboundedSender<String>) {
        loop {
            let prompt = inquire::Password::new("")
                .with_display_mode(inquire::PasswordDisplayMode::Hidden)
                .without_confirmation();
            let Ok(line) = prompt.prompt() else { return };
            if lines.send(line.trim().to_owned()).is_err() {
                return;
            }
        }
    }
}
