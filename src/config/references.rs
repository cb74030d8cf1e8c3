//! Profiles that reference another profile.

use std::path::PathBuf;

use super::profiles::Config;
use super::values::Values;
use crate::domain::names::ProfileName;

impl Config {
    /// Profiles that stand on this one, each with the place where they say so.
    pub fn references(&self, name: &str) -> Vec<(ProfileName, PathBuf, usize)> {
        let of = |profile: &ProfileName, values: Values| {
            let calls = |command| calling(command, name, name).is_some();
            let key = if values.text("source_profile") == Some(name) {
                "source_profile"
            } else if values.text("credential_process").is_some_and(calls) {
                "credential_process"
            } else {
                return None;
            };
            let (file, line) = values.place(key).filter(|_| profile.as_str() != name)?;
            Some((profile.clone(), file.path.clone(), line))
        };
        self.each().filter_map(|(profile, values)| of(profile, values)).collect()
    }
}

/// A word of a command line as every AWS tool splits it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+\\".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("\"{word}\"") }
}

/// The command line of `profile use-process` for `name`, with `new` in its place.
pub fn calling(command: &str, name: &str, new: &str) -> Option<String> {
    let (call, yes) = match command.strip_suffix(" --yes") {
        Some(call) => (call, " --yes"),
        None => (command, ""),
    };
    let before = call.strip_suffix(&*quoted(name))?;
    let program = before.strip_suffix(" credentials ")?;
    program.trim_matches('"').ends_with("ssoenv").then(|| format!("{before}{}{yes}", quoted(new)))
}
