//! The terminal's modes, given back also where a signal ends the process: no shell is left without
//! echo, or on another screen.

#[cfg(unix)]
pub use unix::Kept;

/// Where no signal ends a program there is nothing to keep.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Kept;

#[cfg(not(unix))]
impl Kept {
    /// Nothing.
    pub const fn here() -> Self {
        Self
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::Write;
    use std::sync::{Mutex, Once, PoisonError};

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
    use signal_hook::consts::{SIGHUP, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use crate::io::signals;
    use crate::io::term::tty;

    /// Back from the alternate screen, with a cursor. Where that is not the screen it does nothing.
    const BACK: &[u8] = b"\x1b[?1049l\x1b[?25h";

    /// The modes from before all that is under way, the terminal, and how many there are of them.
    static MODES: Mutex<Option<(File, Termios, usize)>> = Mutex::new(None);

    /// As long as it lives, a signal that ends the process gives the terminal back first as it was
    /// when this was made.
    #[derive(Debug)]
    pub struct Kept(());

    impl Kept {
        /// Notes the modes.
        pub fn here() -> Self {
            watch();
            let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *modes {
                Some((_, _, depth)) => *depth += 1,
                none => {
                    let found =
                        tty().and_then(|tty| tcgetattr(&tty).ok().map(|modes| (tty, modes)));
                    *none = found.map(|(tty, modes)| (tty, modes, 1));
                }
            }
            Self(())
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, _, depth)) = &mut *modes {
                *depth -= 1;
                if *depth == 0 {
                    *modes = None;
                }
            }
        }
    }

    /// Hears the signals from now on. What they do stays the same, but for the terminal.
    fn watch() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let heard = [SIGTERM, SIGHUP, SIGQUIT].into_iter();
            let heard = heard.filter(|&number| !signals::is_ignored(number.unsigned_abs()));
            let Ok(mut signals) = Signals::new(heard) else { return };
            std::thread::spawn(move || {
                for number in &mut signals {
                    give_back();
                    if number == SIGQUIT || !signals::is_someone_elses() {
                        // It cannot fail for these.
                        let _ = emulate_default_handler(number);
                    }
                }
            });
        });
    }

    fn give_back() {
        let modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((tty, before, _)) = &*modes {
            // The terminal may be gone; then there is nothing to give back.
            let mut screen: &File = tty;
            let _ = screen.write_all(BACK);
            let _ = tcsetattr(tty, OptionalActions::Now, before);
        }
    }
}
