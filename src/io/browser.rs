//! A web browser opened on a URL, by `BROWSER` or by what the platform has.

use std::process::Stdio;

use super::app::App;
use super::process;

/// Opens `url` without waiting for the browser; whether something could be started.
///
/// `configured` (the `browser` setting) comes first, then `BROWSER` (several commands split at
/// `:`, `%s` stands for the URL, else it is appended), then the platform's opener.
pub fn open(app: &App, configured: Option<&str>, url: &str) -> bool {
    let variable = app.env.non_empty("BROWSER");
    let separator = if cfg!(windows) { ';' } else { ':' };
    if let Some(command) = configured {
        return start(command, url);
    }
    if let Some(list) = variable {
        return list.split(separator).any(|command| start(command, url));
    }
    open::commands(url).into_iter().any(|mut command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        process::detach(command).is_ok()
    })
}

fn start(line: &str, url: &str) -> bool {
    let Ok(mut words) = shell_words::split(line) else { return false };
    if words.is_empty() {
        return false;
    }
    let mut placed = false;
    for word in &mut words {
        if word.contains("%s") {
            *word = word.replace("%s", url);
            placed = true;
        }
    }
    if !placed {
        words.push(url.to_owned());
    }
    let mut command = process::command(&words[0]);
    command.args(&words[1..]);
    process::detach(command).is_ok()
}
