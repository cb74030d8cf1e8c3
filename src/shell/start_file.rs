//! Where a shell looks when it starts, and the one line that loads the hook there.

use std::path::PathBuf;

use super::entry::Hook;
use crate::domain::Result;
use crate::io::App;

/// The mark at the start of a text that some editors write.
pub const BOM: char = '\u{feff}';

impl Hook {
    /// Whether a line of a start file is one that `setup` has written.
    pub fn is_own_line(&self, text: &str) -> bool {
        let text = text.trim_start_matches(BOM).trim();
        self.line == text || self.earlier_lines.contains(&text)
    }
}

/// Whether a line of a start file loads the hook of a shell that is called so, with whatever options
/// and path.
pub fn loads(name: &str, text: &str) -> bool {
    let text = text.trim_start_matches(BOM).trim();
    let text = text.replace(['\'', '"'], "").replace("ssoenv.exe ", "ssoenv ");
    !text.starts_with('#')
        && text
            .split_once(&format!("ssoenv init {name}"))
            .is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// The folder that a variable names, where it is absolute, else one below the user's home.
pub fn folder(app: &App, variable: &str, below: &str) -> Result<PathBuf> {
    match app.env.non_empty(variable).map(PathBuf::from) {
        Some(path) if path.is_absolute() => Ok(path),
        _ => Ok(app.paths.home()?.join(below)),
    }
}

/// The folder of data that programs bring for the user.
pub fn data(app: &App) -> Result<PathBuf> {
    if cfg!(any(target_os = "macos", windows))
        && app.env.non_empty("XDG_DATA_HOME").is_none()
        && let Some(folder) = app.paths.data_dir()
    {
        return Ok(folder);
    }
    folder(app, "XDG_DATA_HOME", ".local/share")
}

/// The folder of the user's configuration.
pub fn config(app: &App) -> Result<PathBuf> {
    folder(app, "XDG_CONFIG_HOME", ".config")
}
