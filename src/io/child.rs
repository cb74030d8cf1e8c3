//! A command that runs beside this process as if it were alone: it has the terminal, hears every
//! signal once, can be stopped and continued, and its end is ours.

use std::io;
use std::process::Command;

/// Runs the command to its end; gives its exit code, 128 + n for one that signal n has killed.
///
/// Parent and child are one job: what the terminal sends reaches both, and the parent leaves it to
/// the child; what somebody sends to the parent alone is handed on.
#[cfg(unix)]
pub async fn run(mut command: Command) -> io::Result<u8> {
    use rustix::process::Pid;
    use tokio::signal::unix::{SignalKind, signal};

    // Before the child is there, so that no signal is lost.
    let mut ended = signal(SignalKind::child())?;
    let mut interrupt = unix::Heard::new(SignalKind::interrupt())?;
    let mut quit = unix::Heard::new(SignalKind::quit())?;
    let mut hangup = unix::Heard::new(SignalKind::hangup())?;
    let mut terminate = unix::Heard::new(SignalKind::terminate())?;
    let mut user1 = unix::Heard::new(SignalKind::user_defined1())?;
    let mut user2 = unix::Heard::new(SignalKind::user_defined2())?;
    // Ctrl-Z stops this process when it has stopped the child, not before: the shell's next words
    // are the shell's.
    let mut stop = unix::Heard::new(SignalKind::from_raw(unix::Signal::TSTP.as_raw()))?;
    let child = Pid::from_child(&command.spawn()?);
    loop {
        if let Some(code) = unix::look(child).await? {
            return Ok(code);
        }
        tokio::select! {
            _ = ended.recv() => {}
            () = interrupt.recv() => unix::hand_on_from_terminal(child, unix::Signal::INT),
            () = quit.recv() => unix::hand_on_from_terminal(child, unix::Signal::QUIT),
            () = hangup.recv() => unix::hand_on(child, unix::Signal::HUP),
            () = terminate.recv() => unix::hand_on(child, unix::Signal::TERM),
            () = user1.recv() => unix::hand_on(child, unix::Signal::USR1),
            () = user2.recv() => unix::hand_on(child, unix::Signal::USR2),
            () = stop.recv() => unix::hand_on_from_terminal(child, unix::Signal::TSTP),
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::time::Duration;

    pub use rustix::process::Signal;
    use rustix::process::{Pid, WaitOptions, getpid, kill_process, waitpid};
    use tokio::signal::unix::{SignalKind, signal};

    use crate::io::{signals, term};

    /// A signal that is listened to, unless it was ignored from the start.
    #[derive(Debug)]
    pub struct Heard(Option<tokio::signal::unix::Signal>);

    impl Heard {
        pub fn new(kind: SignalKind) -> io::Result<Self> {
            let number = kind.as_raw_value().unsigned_abs();
            if signals::is_ignored(number) {
                return Ok(Self(None));
            }
            signals::take(number);
            signal(kind).map(|signal| Self(Some(signal)))
        }

        /// Waits for the next one; for ever for one that is ignored.
        pub async fn recv(&mut self) {
            match &mut self.0 {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
    }

    /// What a signal's death adds to its number.
    const KILLED: i32 = 128;

    /// The child's exit code if it has ended. If it has stopped, this process stops too, so that
    /// the shell sees the job stopped, and both go on together.
    pub async fn look(child: Pid) -> io::Result<Option<u8>> {
        let changes = WaitOptions::NOHANG | WaitOptions::UNTRACED | WaitOptions::CONTINUED;
        let code = |number: i32| u8::try_from(number & 0xff).unwrap_or(1);
        while let Some((_, status)) = waitpid(Some(child), changes)? {
            if let Some(number) = status.exit_status() {
                return Ok(Some(code(number)));
            }
            if let Some(signal) = status.terminating_signal() {
                return Ok(Some(code(KILLED + signal)));
            }
            if !status.stopped() {
                continue;
            }
            kill_process(getpid(), Signal::STOP)?;
            // What continues a job comes to both, within a moment.
            tokio::time::sleep(Duration::from_millis(20)).await;
            match waitpid(Some(child), changes)? {
                None => hand_on(child, Signal::CONT),
                Some((_, status)) if status.exit_status().is_some() => {
                    return Ok(status.exit_status().map(code));
                }
                Some((_, status)) if status.terminating_signal().is_some() => {
                    return Ok(status.terminating_signal().map(|signal| code(KILLED + signal)));
                }
                Some(_) => {}
            }
        }
        Ok(None)
    }

    /// Hands a signal on; a child that has just ended needs none.
    pub fn hand_on(child: Pid, signal: Signal) {
        let _ = kill_process(child, signal);
    }

    /// Hands a signal on unless it comes from the terminal, which has sent it to the child as well.
    pub fn hand_on_from_terminal(child: Pid, signal: Signal) {
        if !term::tty().is_some_and(|tty| term::is_ours(&tty)) {
            hand_on(child, signal);
        }
    }
}

/// Runs the command to its end; gives its exit code. Ctrl-C reaches it through the console.
#[cfg(not(unix))]
pub async fn run(mut command: Command) -> io::Result<u8> {
    let mut child = command.spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(u8::try_from(status.code().unwrap_or(1) & 0xff).unwrap_or(1));
        }
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
        }
    }
}

/// What may tell this process to end; listened to from the moment it is made, so that nothing that
/// comes a little early ends the process without its farewell.
#[derive(Debug)]
pub struct Ends {
    #[cfg(unix)]
    signals: [unix::Heard; 3],
}

impl Ends {
    /// Starts to listen; for use within the runtime.
    pub fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::SignalKind;
            let signals = [
                unix::Heard::new(SignalKind::interrupt())?,
                unix::Heard::new(SignalKind::terminate())?,
                unix::Heard::new(SignalKind::hangup())?,
            ];
            Ok(Self { signals })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits until this process shall end; whether it was told so by Ctrl-C.
    pub async fn wait(self) -> bool {
        #[cfg(unix)]
        {
            let [mut interrupt, mut terminate, mut hangup] = self.signals;
            tokio::select! {
                () = interrupt.recv() => true,
                () = terminate.recv() => false,
                () = hangup.recv() => false,
            }
        }
        #[cfg(not(unix))]
        {
            tokio::signal::ctrl_c().await.is_ok()
        }
    }
}
