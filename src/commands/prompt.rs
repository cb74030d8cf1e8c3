//! `prompt`: the segment from environment and clock alone, for prompts that are not a hook's.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::shared::word;
use crate::domain::Result;
use crate::domain::active::Active;
use crate::domain::prompt_format::{self, Facts};
use crate::domain::segment::{self, Label, State};
use crate::domain::timestamp::Timestamp;
use crate::io::App;
use crate::io::env::Env;
use crate::shell::Dialect;
use crate::shell::entry::Prompt;

/// Print the prompt segment, from the environment alone
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv prompt                               Print the segment as text
  ssoenv prompt --shell zsh                   Print it for the prompt of zsh
  ssoenv prompt --format '{profile} {left}'   Choose what it shows")]
pub struct Words {
    /// Escape for this shell's prompt
    #[arg(long, value_parser = word::<Dialect>())]
    pub shell: Option<Dialect>,
    /// Text with {profile} {account} {account_id} {role} {region} {left}
    #[arg(long)]
    pub format: Option<String>,
}

/// Prints the segment; nothing where nothing is in use.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let (color, format) = (app.term.color_out(), words.format.as_deref());
    app.term.out(&text(&app.env, app.clock.now(), words.shell, format, color))?;
    Ok(0)
}

/// The segment and a newline; nothing where nothing is in use. With `shell` it is escaped for that
/// shell's prompt.
pub fn text(
    env: &Env,
    now: Timestamp,
    shell: Option<Dialect>,
    format: Option<&str>,
    color: bool,
) -> String {
    let get = |name: &str| env.get(name);
    let Some(active) = Active::read(get) else { return String::new() };
    let label = match (format, Label::read(get)) {
        (None, Some(label)) if label.is_ascii() || env.is_utf8() => label,
        (None, Some(label)) => label.into_ascii(),
        (format, _) => {
            let region =
                env.non_empty("AWS_REGION").or_else(|| env.non_empty("AWS_DEFAULT_REGION"));
            prompt_format::label(format, &Facts::of(&active, region.as_deref()), || env.is_utf8())
        }
    };
    let state = segment::state(&active, get);
    let text = label.text(state, now, env.digits("COLUMNS").unwrap_or_default());
    if text.is_empty() {
        return text;
    }
    let is_over = state == State::Changed || matches!(state, State::Until(end) if end <= now);
    let is_short = env.digits("SSOENV_WARN_AT").is_some_and(|at| now.seconds() >= at);
    let code = segment::sgr(env.non_empty("SSOENV_COLOR").as_deref(), is_over, is_short);
    decorate(&text, shell, color.then_some(code.as_str()))
}

/// The text means itself, whether the prompt holds the command, `PS1='$(ssoenv prompt --shell bash)'`,
/// or its text, `PS1="$(…)"`.
fn decorate(text: &str, shell: Option<Dialect>, code: Option<&str>) -> String {
    let prompt = shell.map_or(&Prompt::PLAIN, |shell| &shell.shell().prompt);
    let text = prompt.escape(text);
    let Prompt { open, close, .. } = prompt;
    match code {
        Some(code) => format!("{open}\u{1b}[{code}m{close}{text}{open}\u{1b}[0m{close}\n"),
        None => format!("{text}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::domain::timestamp::Timestamp;
    use crate::io::env::Env;
    use crate::shell::Dialect;

    const NOW: i64 = 1_735_787_045;

    fn shown(extra: &[(&str, &str)], shell: Option<Dialect>, format: Option<&str>) -> String {
        let mut pairs = vec![
            ("SSOENV_MODE", "keys"),
            ("SSOENV_PROFILE", "prod"),
            ("SSOENV_ACCOUNT_NAME", "Acme 50%"),
            ("SSOENV_ROLE", "Admin"),
            ("SSOENV_KEY_ID", "ASIAX"),
            ("AWS_ACCESS_KEY_ID", "ASIAX"),
            ("SSOENV_EXPIRES_AT", "1735794545"),
            ("SSOENV_LABEL", "Acme 50% Admin"),
        ];
        pairs.extend_from_slice(extra);
        text(&Env::fixed(pairs), Timestamp::from_seconds(NOW), shell, format, false)
    }

    #[test]
    fn what_it_says() {
        assert_eq!(shown(&[], None, None), "Acme 50% Admin 2h05m\n");
        assert_eq!(shown(&[], Some(Dialect::Zsh), None), "Acme 50%% Admin 2h05m\n");
        assert_eq!(shown(&[("AWS_ACCESS_KEY_ID", "x")], None, None), "Acme 50% Admin changed\n");
        assert_eq!(shown(&[("AWS_PROFILE", "")], None, None), "Acme 50% Admin changed\n");
        let end = [("SSOENV_EXPIRES_AT", "1735787045")];
        assert_eq!(shown(&end, None, None), "Acme 50% Admin expired\n");
        assert_eq!(shown(&[("SSOENV_MODE", "")], None, None), "");
        assert_eq!(shown(&[("AWS_REGION", "r1")], None, Some("{region}/{left}")), "r1/2h05m\n");
        assert_eq!(shown(&[("SSOENV_LABEL", "")], None, None), "Acme 50% Admin 2h05m\n");
    }

    #[test]
    fn the_environment_is_not_trusted() {
        let hostile =
            [("SSOENV_LABEL", "a\u{1b}]52;c;x\u{7}b\u{202e}"), ("SSOENV_EXPIRES_AT", "a[0]")];
        assert_eq!(shown(&hostile, None, None), "a]52;c;xb\n");
    }

    #[test]
    fn color_takes_no_room() {
        let pairs = [("SSOENV_MODE", "keys"), ("SSOENV_LABEL", "x"), ("SSOENV_COLOR", "red")];
        let env = Env::fixed(pairs);
        let now = Timestamp::from_seconds(NOW);
        let shown = |shell| text(&env, now, shell, None, true);
        assert_eq!(shown(Some(Dialect::Bash)), "\u{1}\u{1b}[31m\u{2}x\u{1}\u{1b}[0m\u{2}\n");
        assert_eq!(shown(Some(Dialect::Zsh)), "%{\u{1b}[31m%}x%{\u{1b}[0m%}\n");
        assert_eq!(shown(None), "\u{1b}[31mx\u{1b}[0m\n");
    }
}
