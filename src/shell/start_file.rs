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

/// A start file as it was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// What is in it.
    pub text: String,
    /// Why nothing may be written into it, if so.
    pub closed: Option<&'static str>,
}

impl Found {
    /// Reads the bytes of a start file. What is not UTF-8 is read as well as it can be: whether it
    /// loads the hook shows all the same.
    pub fn new(bytes: Vec<u8>) -> Self {
        let wide = |unit: fn([u8; 2]) -> u16| {
            let units: Vec<u16> =
                bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
            Self { text: String::from_utf16_lossy(&units), closed: Some("it is in UTF-16") }
        };
        match &*bytes {
            [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
            [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
            _ => match String::from_utf8(bytes) {
                Ok(text) => {
                    let signed = text.lines().any(|line| line.trim() == SIGNATURE);
                    let closed =
                        signed.then_some("it is signed, and a change would break the signature");
                    Self { text, closed }
                }
                Err(error) => Self {
                    text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
                    closed: Some("it is not in UTF-8"),
                },
            },
        }
    }
}

/// Begins the signature of a PowerShell script.
const SIGNATURE: &str = "# SIG # Begin signature block";

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

#[cfg(test)]
mod tests {
    use super::Found;

    #[test]
    fn encodings_and_signatures_are_seen() {
        let line = "Invoke-Expression (& ssoenv init powershell)";
        let wide = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.into_iter().chain(line.encode_utf16().flat_map(unit)).collect()
        };
        let signed = format!("{line}\r\n# SIG # Begin signature block\r\n# MII\r\n");
        for (bytes, closed) in [
            (line.as_bytes().to_vec(), None),
            (format!("\u{feff}{line}").into_bytes(), None),
            (wide([0xff, 0xfe], u16::to_le_bytes), Some("it is in UTF-16")),
            (wide([0xfe, 0xff], u16::to_be_bytes), Some("it is in UTF-16")),
            ([line.as_bytes(), b" # \xfc"].concat(), Some("it is not in UTF-8")),
            (signed.into_bytes(), Some("it is signed, and a change would break the signature")),
        ] {
            let found = Found::new(bytes);
            assert_eq!(found.closed, closed);
            assert!(found.text.contains(line), "{found:?}");
        }
    }
}
