//! The terminal's modes, given back also where a signal ends the process: no shell is left without
//! echo, or on another screen.

#[cfg(unix)]
pub use unix::Kept;

/// What leads back from the alternate screen, with a cursor.
pub const SCREEN: &[u8] = b"\x1b[?1049l\x1b[?25h";

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

    /// Nothing.
    pub const fn drawn(_: &[u8]) -> Self {
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
    use crate::io::term::{is_ours, tty};

    static MODES: Mutex<Option<Before>> = Mutex::new(None);

    /// The terminal, its modes from before all that is under way, and what undoes the drawing of
    /// each of them.
    struct Before {
        tty: File,
        modes: Termios,
        undo: Vec<&'static [u8]>,
    }

    /// As long as it lives, a signal that ends the process gives the terminal back first as it was
    /// when this was made.
    #[derive(Debug)]
    pub struct Kept(());

    impl Kept {
        /// Notes the modes.
        pub fn here() -> Self {
            Self::drawn(b"")
        }

        /// Notes the modes, and what undoes that which is about to be drawn.
        pub fn drawn(undo: &'static [u8]) -> Self {
            watch();
            let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *modes {
                Some(before) => before.undo.push(undo),
                none => {
                    let found =
                        tty().and_then(|tty| tcgetattr(&tty).ok().map(|modes| (tty, modes)));
                    *none = found.map(|(tty, modes)| Before { tty, modes, undo: vec![undo] });
                }
            }
            Self(())
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            let mut modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
            // One within another ends first.
            if let Some(before) = &mut *modes {
                before.undo.pop();
                if before.undo.is_empty() {
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
                    if !signals::is_someone_elses(number.unsigned_abs()) {
                        // It cannot fail for these.
                        let _ = emulate_default_handler(number);
                    }
                }
            });
        });
    }

    fn give_back() {
        let modes = MODES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Before { tty, modes, undo }) = &*modes
            && is_ours(tty)
        {
            // The terminal may be gone; then there is nothing to give back.
            let mut screen: &File = tty;
            let _ = undo.iter().rev().try_for_each(|undo| screen.write_all(undo));
            let _ = tcsetattr(tty, OptionalActions::Now, modes);
        }
    }
}
