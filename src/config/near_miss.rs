//! What to say about a profile or session that is not there.

use super::file::shown;
use super::header::{self, Header};
use super::profiles::Config;
use crate::domain::label::invisible;
use crate::domain::nearest::nearest;
use crate::domain::speech;
use crate::domain::{Error, Result};

impl Config {
    /// The error for a profile that neither file has: where was looked, and what was probably
    /// meant.
    pub fn not_found(&self, name: &str) -> Error {
        let (config, credentials) = (&self.config.path, &self.credentials.path);
        let mut error = Error::config(format!("the profile `{name}` does not exist")).cause(
            format!("it is neither in {} nor in {}", config.display(), credentials.display()),
        );
        if let Some(character) = invisible(name) {
            error =
                error.cause(format!("the name has a character that cannot be seen: {character}"));
        }
        for hint in self.lookalikes(name) {
            error = error.hint(hint);
        }
        // One that stands on it is not what was meant.
        let users = self.references(name);
        for (user, path, line) in &users {
            error = error
                .cause(format!("profile `{user}` references it: see {}:{line}", path.display()));
        }
        let near = self.nearest_profile(name);
        if let Some(near) =
            near.filter(|near| users.iter().all(|(user, ..)| user.as_str() != *near))
        {
            error = match (invisible(near), self.source_line(near)) {
                (Some(character), Some((path, line))) => error.hint(format!(
                    "edit {}:{line}: the name there has a character that cannot be seen, {character}",
                    shown(&path)
                )),
                _ => error.hint(format!("did you mean `{}`?", speech::word(near))),
            };
        }
        error.hint("run `ssoenv list` to see the profiles, `ssoenv configure` to make one")
    }

    /// [`Config::not_found`] unless the profile is there.
    pub fn expect_profile(&self, name: &str) -> Result<()> {
        if self.has_profile(name) { Ok(()) } else { Err(self.not_found(name)) }
    }

    /// The known profile that a name is closest to.
    pub fn nearest_profile(&self, name: &str) -> Option<&str> {
        nearest(name, self.names().map(crate::domain::names::ProfileName::as_str))
    }

    /// The error for a session that is not there.
    pub fn no_session(&self, name: &str) -> Error {
        let error = Error::config(format!("the session `{name}` does not exist"))
            .cause(format!("the specified sso-session does not exist: \"{name}\""));
        let known = self.session_names();
        let error = match nearest(name, known.iter().map(AsRef::as_ref)) {
            Some(near) => error.hint(format!("did you mean `{}`?", speech::word(near))),
            None => error,
        };
        let error = self.session_lookalikes(name).into_iter().fold(error, Error::hint);
        error.hint(format!(
            "add `[sso-session {name}]` to {}, or run `ssoenv configure --sso-session {}`",
            shown(&self.config.path),
            speech::word(name)
        ))
    }

    /// Sections that look like this profile and are not read as such.
    fn lookalikes(&self, name: &str) -> Vec<String> {
        let mut hints = Vec::new();
        let parsed = &self.config.parsed;
        for section in parsed.sections() {
            let title = parsed.str(section.name);
            let place = format!("{}:{}", self.config.path.display(), section.line);
            let written = header::profile_section(name);
            match header::classify(title) {
                Header::Dropped if is_near_miss(title, name) => hints.push(format!(
                    "edit `{place}`: AWS tools drop `[{title}]`, write `[{written}]`"
                )),
                Header::Other if meant(title, name) => hints.push(format!(
                    "edit `{place}`: AWS tools read `[{title}]` as no profile, write `[{written}]`"
                )),
                Header::Profile(read) if title.contains('\\') && title.ends_with(name) => {
                    hints.push(format!(
                        "AWS tools read `[{title}]` in `{place}` as the profile `{read}`"
                    ));
                }
                _ => {}
            }
        }
        let prefixed = format!("profile {name}");
        if self.has_profile(&prefixed) {
            hints.push(format!(
                "edit {}: write `[{name}]` there, without `profile`",
                shown(&self.credentials.path)
            ));
        }
        hints
    }

    fn session_lookalikes(&self, name: &str) -> Vec<String> {
        let parsed = &self.config.parsed;
        let mut hints = Vec::new();
        for section in parsed.sections() {
            let title = parsed.str(section.name);
            let meant = match header::classify(title) {
                Header::Other | Header::Dropped => {
                    let lower = title.trim().to_lowercase().replace('_', "-");
                    lower
                        .strip_prefix("sso-session")
                        .is_some_and(|rest| bare(rest).eq_ignore_ascii_case(name))
                }
                _ => false,
            };
            if meant {
                hints.push(format!(
                    "edit `{}:{}`: AWS tools do not read `[{title}]` as a session, write `[{}]`",
                    self.config.path.display(),
                    section.line,
                    header::session_section(name)
                ));
            }
        }
        if self.credentials.parsed.sections().iter().any(|section| {
            let title = self.credentials.parsed.str(section.name);
            title.strip_prefix("sso-session").is_some_and(|rest| bare(rest) == name)
        }) {
            hints.push(format!(
                "move `[sso-session {name}]` from {} to {}",
                shown(&self.credentials.path),
                shown(&self.config.path)
            ));
        }
        hints
    }
}

/// The words of a dropped header are the name, but for quotes.
fn is_near_miss(title: &str, name: &str) -> bool {
    title.strip_prefix("profile").is_some_and(|rest| {
        let rest = bare(rest);
        // `[profile dev] # [x]` has the name `profile dev] # [x`.
        let head = rest.split(']').next().unwrap_or_default();
        rest.eq_ignore_ascii_case(name) || bare(head).eq_ignore_ascii_case(name)
    })
}

/// `[dev]`, `[Profile dev]`, `[ profile dev]` were meant as the profile `dev`.
fn meant(title: &str, name: &str) -> bool {
    let title = title.trim();
    let rest = match title.split_at_checked("profile".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("profile") => rest,
        _ => title,
    };
    bare(rest).eq_ignore_ascii_case(name)
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'']).trim()
}
