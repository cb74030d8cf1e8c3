//! `setup`: the line that loads the hook, in the shell's start file, or out of it again.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::Path;

use clap::Args;
use diffy::DiffOptions;

use super::shared::hooked;
use crate::config::store::backup_path;
use crate::domain::{Error, Result};
use crate::io::App;
use crate::io::files::{self, Durability};
use crate::io::own;
use crate::shell::entry::{Parts, StartFile};
use crate::shell::start_file::{self, Found};
use crate::shell::{self, Dialect};

/// Add the hook to a shell's start file
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv setup                 Add the hook for the current shell
  ssoenv setup zsh --dry-run   Show what would change for zsh
  ssoenv setup bash --remove   Take the hook out for bash")]
pub struct Words {
    /// Shell; the one that runs this when left out
    #[arg(value_parser = hooked())]
    shell: Option<Dialect>,
    /// Print the diff, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take the line out again
    #[arg(long)]
    remove: bool,
}

/// Adds or removes the line, and shows the change. The previous version is kept beside the file.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let shell = match words.shell {
        Some(shell) => shell,
        None => of_the_user(app)?,
    };
    let hook = shell.required_hook()?;
    match hook.start_file {
        StartFile::Line(path) => set_line(app, words, shell, &path(app)?),
        StartFile::Whole(path) => set_file(app, words, shell, &path(app)?),
    }
}

/// A file of the hook's own: written whole, or removed.
fn set_file(app: &App, words: &Words, shell: Dialect, path: &Path) -> Result<u8> {
    let old = look(path)?.map(|found| found.text);
    let text = shell.required_hook()?.text(app, Parts::ALL)?;
    let new = (!words.remove).then_some(text);
    let shown = path.display();
    if new == old {
        let state = if words.remove { "does not exist" } else { "holds the hook already" };
        app.term.say(&format!("`{shown}` {state}"));
        return Ok(0);
    }
    if words.dry_run {
        let diff = DiffOptions::new()
            .create_patch(old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default())
            .to_string();
        app.term.out(&diff)?;
        return Ok(0);
    }
    if let Some(text) = &new {
        files::write_shared(path, text.as_bytes(), Durability::Synced)
            .map_err(|error| Error::config(format!("`{shown}` cannot be written")).cause(error))?;
        app.term.say(&format!("`{shown}` is written"));
        app.term.say(&added(shell));
    } else {
        files::remove(path)
            .map_err(|error| Error::config(format!("`{shown}` cannot be removed")).cause(error))?;
        app.term.say(&format!("`{shown}` is removed"));
        app.term.say(&removed(shell));
    }
    Ok(0)
}

/// The hook's line in a file of the user's.
fn set_line(app: &App, words: &Words, shell: Dialect, path: &Path) -> Result<u8> {
    let found = look(path)?;
    let old = found.as_ref().map(|found| &*found.text);
    let text = old.unwrap_or_default();
    let new = if words.remove { without(shell, text) } else { with(shell, text) };
    if new == text {
        let state = if words.remove { "has no such line" } else { "loads the hook already" };
        app.term.say(&format!("`{}` {state}", path.display()));
        left_over(app, words.remove.then_some(shell), &new);
        return Ok(0);
    }
    if let Some(why) = found.as_ref().and_then(|found| found.closed) {
        let what = format!("`{}` is left as it is", path.display());
        return Err(Error::failed(what).cause(why).hint(by_hand(shell, words.remove, text)));
    }
    let shown = path.display().to_string();
    let from = if old.is_some() { shown.clone() } else { "/dev/null".to_owned() };
    // No lines around the change: start files hold tokens of other tools.
    let mut changes = DiffOptions::new();
    changes.set_context_len(0).set_original_filename(from).set_modified_filename(shown.clone());
    let diff = changes.create_patch(text, &new).to_string();
    if words.dry_run {
        app.term.out(&diff)?;
        return Ok(0);
    }
    write(path, old, &new).map_err(|error| error.hint(by_hand(shell, words.remove, text)))?;
    app.term.say_block(&diff);
    if words.remove {
        app.term.say(&removed(shell));
        left_over(app, words.remove.then_some(shell), &new);
    } else {
        app.term.say(&added(shell));
    }
    Ok(0)
}

/// Adds the hook for a shell.
pub fn add(app: &App, shell: Dialect) -> Result<u8> {
    run(app, &Words { shell: Some(shell), dry_run: false, remove: false })
}

fn added(shell: Dialect) -> String {
    let now = shell.hook().map_or("", |hook| hook.load_now);
    format!("new shells of {} load the hook; for this one: `{now}`", shell.name())
}

fn removed(shell: Dialect) -> String {
    format!("the hook is out of new shells; for this one: `ssoenv init {} --remove`", shell.name())
}

/// Names lines that load the hook in the user's own way: they are the user's to remove.
fn left_over(app: &App, shell: Option<Dialect>, text: &str) {
    let Some(shell) = shell else { return };
    for (number, line) in text.lines().enumerate() {
        if shell.loads(line) {
            app.term.warn(&format!("line {} still loads the hook: `{}`", number + 1, line.trim()));
        }
    }
}

/// The shell that runs this, else the login shell.
fn of_the_user(app: &App) -> Result<Dialect> {
    let login = app.env.non_empty("SHELL");
    let login = login.as_deref().and_then(|path| path.rsplit(['/', '\\']).next());
    let names = Dialect::ALL.iter().filter(|dialect| dialect.hook().is_some());
    let names: Vec<_> = names.map(|dialect| dialect.name()).collect();
    [shell::parent(&app.env), login.and_then(Dialect::of_program)]
        .into_iter()
        .flatten()
        .find(|dialect| dialect.hook().is_some())
        .ok_or_else(|| {
            Error::usage("which shell to set up is not known")
                .hint(format!("name it: `ssoenv setup {}`", names.join("`, `")))
        })
}

fn look(path: &Path) -> Result<Option<Found>> {
    let bytes = files::read(path).map_err(|error| {
        Error::config(format!("`{}` cannot be read", path.display())).cause(error)
    })?;
    Ok(bytes.map(Found::new))
}

/// The edit that the user can make.
fn by_hand(shell: Dialect, remove: bool, text: &str) -> String {
    let line = shell.hook().map_or("", |hook| hook.line);
    match text.lines().find(|line| shell.loads(line)) {
        Some(line) if remove => {
            format!(
                "remove this line from it: `{}`",
                line.trim_start_matches(start_file::BOM).trim()
            )
        }
        _ => format!("add this line at its end: `{line}`"),
    }
}

fn write(path: &Path, old: Option<&str>, new: &str) -> Result<()> {
    let failed =
        |error| Error::config(format!("`{}` cannot be written", path.display())).cause(error);
    if let Some(old) = old {
        own::write_beside(&backup_path(path), old.as_bytes(), Durability::Synced)
            .map_err(failed)?;
    }
    files::write_in_place(path, new.as_bytes()).map_err(failed)
}

/// The text with the line at its end: tools that load later would put their prompt over ours.
fn with(shell: Dialect, text: &str) -> String {
    let Some(hook) = shell.hook() else { return text.to_owned() };
    if text.lines().any(|line| shell.loads(line)) {
        return text.to_owned();
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    format!("{text}{gap}{}{end}", hook.line)
}

/// The text without the line that `setup` adds.
fn without(shell: Dialect, text: &str) -> String {
    let bom = if text.starts_with(start_file::BOM) { "\u{feff}" } else { "" };
    let text = &text[bom.len()..];
    let is_own = |line: &str| shell.hook().is_some_and(|hook| hook.is_own_line(line));
    let kept = text.split_inclusive('\n').filter(|line| !is_own(line));
    std::iter::once(bom).chain(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::{with, without};
    use crate::shell::Dialect;

    #[test]
    fn the_line_comes_and_goes_and_all_else_stays() {
        let line = "eval \"$(ssoenv init bash)\"";
        for (before, after) in [
            ("", format!("{line}\n")),
            ("a=1\n", format!("a=1\n{line}\n")),
            ("a=1\r\nb=2\r\n", format!("a=1\r\nb=2\r\n{line}\r\n")),
        ] {
            assert_eq!(with(Dialect::Bash, before), after);
            assert_eq!(with(Dialect::Bash, &after), after);
            assert_eq!(without(Dialect::Bash, &after), before);
        }
        assert_eq!(with(Dialect::Bash, "a=1"), format!("a=1\n{line}\n"));
        let old = "Invoke-Expression (& ssoenv init powershell | Out-String)\r\n";
        assert_eq!(with(Dialect::PowerShell, old), old);
        let text = format!("\u{feff}{old}# mine\r\n");
        assert_eq!(without(Dialect::PowerShell, &text), "\u{feff}# mine\r\n");
        assert_eq!(without(Dialect::Zsh, &format!("{line}\n")), format!("{line}\n"));
    }
}
