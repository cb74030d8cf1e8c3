//! `prompt`: the segment as text, from the environment and the clock alone.

use crate::domain::active::Active;
use crate::domain::label::sanitise;
use crate::domain::segment::Label;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Result, segment};
use crate::io::App;
use crate::io::env::Env;
use crate::shell::Dialect;

/// Prints the segment; nothing where nothing is in use.
pub fn run(app: &App, shell: Option<Dialect>, format: Option<&str>) -> Result<u8> {
    let text = text(&app.env, app.clock.now(), shell, format);
    if !text.is_empty() {
        app.term.out(&format!("{text}\n"))?;
    }
    Ok(0)
}

/// The segment's text, escaped for the prompt of `shell`.
pub fn text(env: &Env, now: Timestamp, shell: Option<Dialect>, format: Option<&str>) -> String {
    let get = |name: &str| env.get(name);
    let Some(active) = Active::read(get) else { return String::new() };
    let left = if active.is_shadowed(get) {
        "changed".to_owned()
    } else {
        match active.expires_at {
            Some(end) if end <= now => "expired".to_owned(),
            Some(end) => segment::left(end, now),
            None => String::new(),
        }
    };
    let region = env.non_empty("AWS_REGION").or_else(|| env.non_empty("AWS_DEFAULT_REGION"));
    let text = match (format, env.non_empty("SSOENV_LABEL")) {
        (None, Some(label)) => {
            let tail = env.get("SSOENV_LEFT").map(|tail| sanitise(&tail));
            segment::join(&Label { text: sanitise(&label), left: tail }, &left)
        }
        (format, _) => segment::text(format, &active, region.as_deref(), &left),
    };
    match shell {
        Some(shell) => escape(shell, &text),
        None => text,
    }
}

/// What the shell's own prompt language would read as code becomes text.
fn escape(shell: Dialect, text: &str) -> String {
    match shell {
        Dialect::Zsh => text.replace('%', "%%"),
        Dialect::Bash => text.replace('\\', "\\\\").replace('$', "\\$").replace('`', "\\`"),
        Dialect::Sh | Dialect::Fish | Dialect::PowerShell => text.to_owned(),
    }
}
