//! The hook's text, put together from its parts: plain files that shells and linters can read.

use super::entry::{Hook, Parts, Text};
use crate::domain::Result;
use crate::io::App;

/// What stands for the name of the short command: a name in every shell, so that linters can read on.
const CMD: &str = "__SSOENV_CMD__";
/// What ends a part: `# {end}`.
const END: &str = "end";

impl Hook {
    /// The text that loads the hook.
    pub fn text(&self, app: &App, parts: Parts) -> Result<String> {
        match self.text {
            Text::Plain(file) => Ok(plain(file, self.completion.script, parts)),
            Text::Made(make) => make(app, parts),
        }
    }

    /// The same where the hook is a plain file.
    pub fn plain(&self, parts: Parts) -> Option<String> {
        match self.text {
            Text::Plain(file) => Some(plain(file, self.completion.script, parts)),
            Text::Made(_) => None,
        }
    }
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
            let Text::Plain(file) = hook.text else { return None };
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
