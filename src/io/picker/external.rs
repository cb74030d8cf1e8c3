//! The user's own picker (`fzf`, `sk`, `fzy`, …): rows in on standard input, one of them out.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

use super::super::{App, process};
use super::{Rows, terminal_for};
use crate::domain::label::{cell_width, label, sanitize};
use crate::domain::rank::Ranking;
use crate::domain::speech;
use crate::domain::{Error, Result};

/// Lets the command `line` (words as in a POSIX shell) choose. It gets a row per line, the most
/// used first, and prints the one that was chosen. Ending with 130, or with nothing chosen, is
/// [`Error::interrupted`].
pub fn choose_with(
    app: &App,
    line: &str,
    rows: &mut dyn Rows,
    mut ranking: Ranking,
    query: &str,
    instead: &str,
) -> Result<usize> {
    let screen = terminal_for(app, instead)?;
    let words = shell_words::split(line).unwrap_or_default();
    let [program, arguments @ ..] = words.as_slice() else {
        return Err(unusable(line).cause("it is not a command"));
    };
    let mut command = process::command(program);
    process::without_secrets(&mut command);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    if !app.term.stderr_is_terminal() {
        command.stderr(screen);
    }
    // It has a line of its own for what is typed: it gets the rows that match.
    ranking.search(query);
    let (text, by_line) = lines(rows, &ranking);
    let output = run(command, text).map_err(|error| unusable(program).cause(error))?;
    let chosen = String::from_utf8_lossy(&output.stdout);
    let chosen = chosen.lines().next().unwrap_or_default();
    match (by_line.get(chosen.trim_end()), output.status.code()) {
        (Some(&row), Some(0)) => Ok(row),
        (None, Some(0)) if !chosen.is_empty() => {
            Err(unusable(program).cause("it printed a line that it was not given"))
        }
        // fzf: 1 where nothing matched, 130 after Esc or Ctrl-C.
        (_, Some(0 | 1 | 130) | None) => Err(Error::interrupted()),
        (_, Some(code)) => Err(unusable(program).cause(format!("it ended with exit code {code}"))),
    }
}

fn unusable(program: &str) -> Error {
    Error::config(format!("the picker `{program}` cannot be used")).hint(format!(
        "run `ssoenv settings set picker builtin`, or `{}`",
        speech::unset(&["SSOENV_PICKER"])
    ))
}

/// All rows as lines that differ, and the row of each.
fn lines(rows: &mut dyn Rows, ranking: &Ranking) -> (String, HashMap<String, usize>) {
    let widths = rows.widths();
    let mut text = String::new();
    let mut by_line = HashMap::with_capacity(ranking.len());
    for &row in ranking.matches() {
        let row = row as usize;
        let mut line = String::new();
        for (cell, &width) in rows.cells(row).iter().zip(&widths) {
            let cell = label(&sanitize(cell), usize::MAX);
            let missing = width.saturating_sub(cell_width(&cell));
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', missing + 2));
        }
        line.truncate(line.trim_end().len());
        let mut count = 1;
        let bare = line.clone();
        while by_line.contains_key(&line) {
            count += 1;
            line = format!("{bare} #{count}");
        }
        text.push_str(&line);
        text.push('\n');
        by_line.insert(line, row);
    }
    (text, by_line)
}

fn run(mut command: Command, text: String) -> std::io::Result<std::process::Output> {
    let mut child = command.spawn()?;
    let stdin = child.stdin.take();
    // Beside reading: a picker may answer before it has read all rows.
    let writer = std::thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // One that has seen enough closes its end.
            drop(stdin.write_all(text.as_bytes()));
        }
    });
    let output = child.wait_with_output();
    drop(writer.join());
    output
}
