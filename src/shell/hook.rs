//! The hook's text, put together from its parts: plain files that shells and linters can read.

use super::entry::{Hook, Parts, Text};
use super::{MARKER, is_wrapped};
use crate::domain::Result;
use crate::io::App;
use crate::io::env::Env;

/// What stands for the name of the short command: a name in every shell, so that linters can read on.
const CMD: &str = "__SSOENV_CMD__";
/// What ends a part: `# {end}`.
const END: &str = "end";

impl Hook {
    /// The text that loads the hook.
    pub fn text(&self, app: &App, parts: Parts) -> Result<String> {
        if let Text::Made(make) = self.text {
            return make(app, parts);
        }
        Ok(self.of_files(&app.env, parts).unwrap_or_default())
    }

    /// The same where it is a matter of files alone.
    pub fn of_files(&self, env: &Env, parts: Parts) -> Option<String> {
        match self.text {
            Text::Made(_) => None,
            Text::Plain(file) => Some(plain(file, self.completion.script, parts)),
            Text::Staged { idle, whole } => Some(self.staged(env, idle, whole, parts)),
        }
    }

    /// The short text where all of the hook is wanted and nothing is to be done yet.
    fn staged(&self, env: &Env, idle: &str, whole: &str, parts: Parts) -> String {
        let usual = parts == Parts { full: false, ..Parts::ALL };
        let busy = BUSY.into_iter().any(|name| env.non_empty(name).is_some());
        if usual && !busy {
            return short(idle);
        }
        let text = short(&plain(whole, self.completion.script, parts));
        if parts.full && is_wrapped(env, None) { format!("{MARKER}{text}") } else { text }
    }
}

/// What a shell inherits in which there is something to do from its start.
const BUSY: [&str; 2] = ["SSOENV_MODE", "SSOENV_DIRECTORY"];

/// The text less what only people read: a shell reads it at each start.
fn short(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_start) {
        if !line.is_empty() && !line.starts_with('#') {
            short.push_str(line);
            short.push('\n');
        }
    }
    short
}

/// The file and the script, less the parts that are not wanted.
fn plain(file: &str, completions: &str, parts: Parts) -> String {
    let mut text = named(&without(file, &unwanted(parts)), parts);
    if parts.completions {
        text.push_str(completions);
    }
    text
}

/// The parts that are not wanted.
pub fn unwanted(parts: Parts) -> Vec<&'static str> {
    let all = [
        ("prompt", parts.prompt),
        ("completions", parts.completions),
        ("cmd", parts.cmd.is_some()),
    ];
    all.iter().filter(|(_, wanted)| !wanted).map(|(name, _)| *name).collect()
}

/// The text with the name of the short command in its place.
pub fn named(text: &str, parts: Parts) -> String {
    text.replace(CMD, parts.cmd.unwrap_or_default())
}

/// The name of a part, in the line that begins it: `# {prompt}`.
fn part(line: &str) -> Option<&str> {
    line.strip_prefix("# {")?.strip_suffix('}')
}

/// The file less its parts of these names, and less the lines that mark parts. Parts lie side by side.
pub fn without(file: &str, unwanted: &[&str]) -> String {
    let mut text = String::with_capacity(file.len());
    let mut wanted = true;
    for line in file.lines() {
        if let Some(name) = part(line.trim_start()) {
            wanted = name == END || !unwanted.contains(&name);
        } else if wanted {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{CMD, Parts, Text, part, plain, without};
    use crate::shell::Dialect;

    fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
        Dialect::ALL.iter().filter_map(|dialect| {
            let hook = dialect.shell().hook.as_ref()?;
            let (Text::Plain(file) | Text::Staged { whole: file, .. }) = hook.text else {
                return None;
            };
            Some((file, hook.completion.script))
        })
    }

    #[test]
    fn parts_are_left_out() {
        for (file, script) in files() {
            let with = |yes: bool| {
                let cmd = yes.then_some("zz9");
                plain(file, script, Parts { prompt: yes, completions: yes, full: true, cmd })
            };
            let (all, bare) = (with(true), with(false));
            assert!(all.contains("__ssoenv_segment") && all.contains("SSOENV_COMPLETE"));
            assert!(!bare.contains("__ssoenv_segment") && !bare.contains("SSOENV_COMPLETE"));
            assert!(all.contains("zz9") && !all.contains(CMD));
            assert!(!bare.contains("__ssoenv_cmd=") && !without(file, &["cmd"]).contains(CMD));
            assert!(bare.contains("__ssoenv_refresh") && !all.contains("# {"));
        }
        assert!(files().count() >= 3);
    }

    #[test]
    fn every_part_has_an_end() {
        for (file, _) in files() {
            let marks: Vec<_> =
                file.lines().map(str::trim_start).filter(|line| part(line).is_some()).collect();
            assert!(marks.len() >= 4, "{file:.60}");
            for pair in marks.chunks(2) {
                let begins = ["# {prompt}", "# {completions}", "# {cmd}"].contains(&pair[0]);
                assert!(begins && pair[1] == "# {end}", "{pair:?} in {file:.60}");
            }
        }
    }
}
