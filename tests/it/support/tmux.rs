//! A terminal with a shell in it: tmux on a private socket, keys in, screen out.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{World, watch};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(15);

/// One terminal of 120×40.
pub struct Terminal {
    folder: std::path::PathBuf,
}

impl Terminal {
    /// Starts a program in a terminal of its own, in the world's home and environment.
    pub fn start<'a>(
        world: &World,
        extra: impl IntoIterator<Item = (&'a str, String)>,
        command: &[&str],
    ) -> Self {
        // A server of its own: one that is ending would take a new terminal with it.
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = world.path(&format!("tmux{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir_all(&folder).expect("folder for the socket");
        let terminal = Self { folder };
        // A second session: the server must not end with the program.
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-s", "keep", "sleep 600"]);
        // Variables of `new-session -e` would be overridden by the server's own.
        let mut line: Vec<String> = ["env", "-i", "TERM=screen"].map(str::to_owned).to_vec();
        line.extend(world.env().iter().map(|(name, value)| format!("{name}={value}")));
        line.extend(extra.into_iter().map(|(name, value)| format!("{name}={value}")));
        line.extend(command.iter().map(|word| (*word).to_owned()));
        let line = shell_words::join(line);
        let home = world.home().display().to_string();
        let start =
            ["new-session", "-d", "-s", "test", "-x", "120", "-y", "40", "-c", &home, &line];
        terminal.tmux(&start);
        terminal
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, lines: u16) {
        let (columns, lines) = (columns.to_string(), lines.to_string());
        self.tmux(&["resize-window", "-t", "test", "-x", &columns, "-y", &lines]);
    }

    /// Writes all that the program puts out from now on into a file, with what steers the terminal.
    pub fn record(&self, to: &Path) {
        let command = format!("cat >{}", shell_words::quote(&to.display().to_string()));
        self.tmux(&["pipe-pane", "-O", "-t", "test", &command]);
    }

    /// What tmux knows of the terminal: `#{alternate_on}`, `#{cursor_x}`.
    pub fn property(&self, format: &str) -> String {
        self.tmux(&["display-message", "-p", "-t", "test", format]).trim_end().to_owned()
    }

    /// Types the text as it is.
    pub fn text(&self, text: &str) {
        self.tmux(&["send-keys", "-t", "test", "-l", "--", text]);
    }

    /// Presses keys by tmux's names: `Tab`, `Enter`, `C-u`.
    pub fn keys(&self, keys: &[&str]) {
        let mut words = vec!["send-keys", "-t", "test"];
        words.extend(keys);
        self.tmux(&words);
    }

    /// What the terminal shows.
    pub fn screen(&self) -> String {
        let screen = self.tmux(&["capture-pane", "-p", "-J", "-t", "test"]);
        watch::screen(&screen);
        screen
    }

    /// Waits until the screen is as wanted, and gives it.
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if wanted(&screen) {
                return screen;
            }
            assert!(start.elapsed() < PATIENCE, "{what} did not come:\n{screen}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for a file and takes it away.
    pub fn file(&self, path: &Path, what: &str) -> String {
        let start = Instant::now();
        loop {
            if let Ok(text) = std::fs::read_to_string(path) {
                std::fs::remove_file(path).expect("the file can go");
                return text;
            }
            assert!(start.elapsed() < PATIENCE, "{what} did not come:\n{}", self.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn tmux(&self, words: &[&str]) -> String {
        let output = Command::new("tmux")
            .env_remove("TMUX")
            .env("TMUX_TMPDIR", &self.folder)
            .args(["-L", "t"])
            .args(words)
            .output()
            .expect("tmux starts");
        assert!(output.status.success(), "tmux {words:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The server is ours alone; when it has gone already there is nothing to do.
        drop(
            Command::new("tmux")
                .env("TMUX_TMPDIR", &self.folder)
                .args(["-L", "t", "kill-server"])
                .output(),
        );
    }
}
