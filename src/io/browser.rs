//! A web browser opened on a URL, by `BROWSER` or by what the platform has.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::app::App;
use super::env::Env;
use super::process;

/// Whether a browser on this machine can be expected: a command in the settings or `BROWSER`, or
/// a desktop that is neither behind SSH nor outside a container, with somebody at it.
pub fn is_available(app: &App, configured: Option<&str>) -> bool {
    let marked =
        || ["/.dockerenv", "/run/.containerenv"].iter().any(|file| Path::new(file).exists());
    configured.is_some()
        || app.env.non_empty("BROWSER").is_some()
        || (is_desktop(&app.env) && !marked())
}

/// Whether a browser that is opened from here may be on another machine, to which no port of this
/// one is open: that of an editor's window, or of who came by SSH.
pub fn may_be_elsewhere(env: &Env) -> bool {
    let remote = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"];
    let contained = ["KUBERNETES_SERVICE_HOST", "REMOTE_CONTAINERS", "CODESPACES", "container"];
    remote.into_iter().chain(contained).any(|name| env.non_empty(name).is_some())
}

/// The variable by which a build machine says what it is.
pub fn build_machine(env: &Env) -> Option<&'static str> {
    const VARIABLES: [&str; 10] = [
        "CI",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "TF_BUILD",
        "JENKINS_URL",
        "TEAMCITY_VERSION",
        "BUILDKITE",
        "CIRCLECI",
        "CODEBUILD_BUILD_ID",
        "BITBUCKET_BUILD_NUMBER",
    ];
    let says = |name: &&str| env.non_empty(name).is_some_and(|v| !["false", "0"].contains(&&*v));
    VARIABLES.into_iter().find(says)
}

/// What the environment says of a screen.
fn is_desktop(env: &Env) -> bool {
    let has = |name: &str| env.non_empty(name).is_some();
    // Build machines have desktops, too, and nobody at them.
    let built = build_machine(env).is_some();
    let displays = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "WSL_INTEROP"];
    !(built || may_be_elsewhere(env))
        && (cfg!(any(windows, target_os = "macos")) || displays.into_iter().any(has))
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
        return start_file(&list, url)
            || list.split(separator).any(|command| start_line(command, url));
    }
    open::commands(url).into_iter().any(|mut command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        process::detach_watched(command, PATIENCE).unwrap_or(false)
    })
}

/// A program whose path has blanks and no quotes (`/mnt/c/Program Files/…`): the whole text is it.
fn start_file(text: &str, url: &str) -> bool {
    let (path, blank) = (text.trim(), [' ', ':']);
    path.contains(blank) && Path::new(path).is_file() && start(&[path.to_owned(), url.to_owned()])
}

fn start_line(line: &str, url: &str) -> bool {
    if start_file(line, url) {
        return true;
    }
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

#[cfg(test)]
mod tests {
    use super::is_desktop;
    use crate::io::env::Env;

    #[test]
    fn a_browser_is_expected_where_somebody_sees_it() {
        let native = cfg!(any(windows, target_os = "macos"));
        for (set, expected) in [
            (&[][..], native),
            (&[("DISPLAY", ":0")], true),
            (&[("WAYLAND_DISPLAY", "wayland-0")], true),
            (&[("DISPLAY", "")], native),
            // WSL 1 has no interop socket; Windows opens the page.
            (&[("WSL_DISTRO_NAME", "Debian")], true),
            (&[("WSL_INTEROP", "/run/WSL/8_interop")], true),
            (&[("DISPLAY", ":0"), ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")], false),
            (&[("DISPLAY", "localhost:10.0"), ("SSH_TTY", "/dev/pts/1")], false),
            (&[("WSL_DISTRO_NAME", "Debian"), ("SSH_CLIENT", "192.0.2.1 1 22")], false),
            (&[("DISPLAY", ":0"), ("container", "podman")], false),
            (&[("DISPLAY", ":0"), ("KUBERNETES_SERVICE_HOST", "192.0.2.3")], false),
            (&[("DISPLAY", ":0"), ("REMOTE_CONTAINERS", "true")], false),
            (&[("DISPLAY", ":0"), ("CODESPACES", "true")], false),
            (&[("DISPLAY", ":99"), ("CI", "true")], false),
            (&[("DISPLAY", ":99"), ("CI", "1")], false),
            (&[("DISPLAY", ":0"), ("CI", "false")], true),
        ] {
            let env = Env::fixed(set.iter().copied());
            assert_eq!(is_desktop(&env), expected, "{set:?}");
        }
    }
}
