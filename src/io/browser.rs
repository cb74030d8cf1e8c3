//! A web browser opened on a URL, by `BROWSER` or by what the platform has.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::app::App;
use super::process;

/// Whether a browser on this machine can be expected: a command in the settings or `BROWSER`, or
/// a desktop that is neither behind SSH nor outside a container.
pub fn is_available(app: &App, configured: Option<&str>) -> bool {
    let has = |name: &str| app.env.non_empty(name).is_some();
    if configured.is_some() || has("BROWSER") {
        return true;
    }
    if ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(has) || in_container(app) {
        return false;
    }
    cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "WSL_INTEROP"].into_iter().any(has)
}

fn in_container(app: &App) -> bool {
    let variables = ["KUBERNETES_SERVICE_HOST", "REMOTE_CONTAINERS", "CODESPACES", "container"];
    let files = ["/.dockerenv", "/run/.containerenv"];
    variables.into_iter().any(|name| app.env.non_empty(name).is_some())
        || files.into_iter().any(|file| Path::new(file).exists())
}

/// Opens `url` without waiting for the browser; whether something could be started.
///
/// `configured` (the `browser` setting) comes first, then `BROWSER` (several commands split at
/// `:`, `%s` stands for the URL, else it is appended), then the platform's opener.
pub fn open(app: &App, configured: Option<&str>, url: &str) -> bool {
    let variable = app.env.non_empty("BROWSER");
    let separator = if cfg!(windows) { ';' } else { ':' };
    if let Some(command) = configured {
        return start_line(command, url);
    }
    if let Some(list) = variable {
        return list.split(separator).any(|command| start_line(command, url));
    }
    open::commands(url).into_iter().any(|mut command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        process::detach_watched(command, PATIENCE).unwrap_or(false)
    })
}

fn start_line(line: &str, url: &str) -> bool {
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
    start(&words)
}

/// A browser that cannot start says so within this time.
const PATIENCE: Duration = Duration::from_millis(300);

/// Starts a browser by these words, without waiting for it; whether it could be started.
pub fn start(words: &[String]) -> bool {
    let Some((program, arguments)) = words.split_first() else { return false };
    let mut command = process::command(program);
    command.args(arguments);
    process::detach_watched(command, PATIENCE).unwrap_or(false)
}
