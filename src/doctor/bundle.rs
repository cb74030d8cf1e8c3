//! A report to attach to an issue: what was found, versions, names of variables and sections.
//! Redacted: no secret, no account ID, no e-mail, no home folder, no start URL.

use std::fmt::Write;

use super::{Patient, Row, Status};
use crate::domain::label::sanitise;

/// Variables whose values help and tell nothing of the person.
const SHOWN: [&str; 12] = [
    "SHELL",
    "TERM",
    "LANG",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_MAX_ATTEMPTS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "SSOENV_MODE",
    "CI",
    "WSL_DISTRO_NAME",
];

/// The report's text.
pub fn report(patient: &Patient, rows: &[Row]) -> String {
    let mut text = format!(
        "ssoenv {} on {} {}\n\nchecks\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    for row in rows {
        let status = match row.status() {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail => "fail",
        };
        let (what, why) = match &row.problem {
            Some(problem) => (problem.what.as_str(), problem.why.as_str()),
            None => (row.about, ""),
        };
        add(&mut text, &format!("  {status:4} {}: {what} {why}", row.check));
    }
    text.push_str("\nenvironment\n");
    let mut names = patient.app.env.names();
    names.retain(|name| {
        ["AWS_", "SSOENV_", "XDG_"].iter().any(|prefix| name.starts_with(prefix))
            || name.to_lowercase().ends_with("_proxy")
            || [
                "BROWSER",
                "SHELL",
                "TERM",
                "LANG",
                "CI",
                "WSL_DISTRO_NAME",
                "SSH_TTY",
                "SSL_CERT_FILE",
                "SSL_CERT_DIR",
                "REQUESTS_CA_BUNDLE",
            ]
            .contains(&name.as_str())
    });
    names.sort();
    for name in names {
        match patient.app.env.get(&name).filter(|_| SHOWN.contains(&name.as_str())) {
            Some(value) => add(&mut text, &format!("  {name}={value}")),
            None => add(&mut text, &format!("  {name} (set)")),
        }
    }
    if let Some(config) = &patient.config {
        text.push_str("\nconfiguration\n");
        let (profiles, sessions) = (config.profile_names().len(), config.session_names().len());
        add(&mut text, &format!("  {profiles} profiles, {sessions} sso-sessions"));
        for summary in config.summaries() {
            let has_region = if summary.region.is_some() { "" } else { ", no region" };
            add(&mut text, &format!("  profile: {}{has_region}", summary.source));
        }
        for session in &patient.sessions {
            let kind = if session.name.is_some() { "sso-session" } else { "legacy" };
            add(&mut text, &format!("  {kind}: {}", session.region));
        }
    }
    redact(patient, &text)
}

fn add(text: &mut String, line: &str) {
    writeln!(text, "{}", sanitise(line)).expect("writing to a string cannot fail");
}

/// Takes out what could name a person, an account or a portal, wherever it stands.
fn redact(patient: &Patient, text: &str) -> String {
    let mut text = text.to_owned();
    for session in &patient.sessions {
        text = text.replace(&session.start_url, "START_URL");
    }
    if let Ok(home) = patient.app.paths.home() {
        text = text.replace(&home.display().to_string(), "~");
    }
    let mut names: Vec<String> = Vec::new();
    if let Some(config) = &patient.config {
        names.extend(config.session_names().iter().map(ToString::to_string));
        names.extend(config.profile_names().iter().map(ToString::to_string));
    }
    // The longest first, so that no part of a name is left.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names.iter().filter(|name| *name != "default") {
        text = text.replace(&format!("`{name}`"), "`NAME`");
    }
    let words = text.split_inclusive(|c: char| c.is_whitespace() || "`,;()[]".contains(c));
    words.map(redact_word).collect()
}

fn redact_word(word: &str) -> String {
    let end = word.trim_end_matches(|c: char| c.is_whitespace() || "`,;()[]".contains(c));
    let tail = &word[end.len()..];
    let digits = end.bytes().filter(u8::is_ascii_digit).count();
    let hidden = if end.contains("://") {
        "URL"
    } else if end.contains('@') {
        "E-MAIL"
    } else if digits >= 12 {
        "NUMBER"
    } else {
        return word.to_owned();
    };
    format!("{hidden}{tail}")
}

#[cfg(test)]
mod tests {
    use super::redact_word;

    #[test]
    fn words_that_name_somebody_are_hidden() {
        for (word, hidden) in [
            ("https://example.awsapps.com/start` ", "URL` "),
            ("jane@example.com, ", "E-MAIL, "),
            ("111122223333\n", "NUMBER\n"),
            ("eu-west-1 ", "eu-west-1 "),
            ("`corp` ", "`corp` "),
        ] {
            assert_eq!(redact_word(word), hidden);
        }
    }
}
