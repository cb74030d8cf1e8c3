//! A report to attach to an issue: what was found, versions, names of variables and sections.
//! Redacted: no secret, no account ID, no e-mail, no home folder, no start URL.

use std::fmt::Write;

use super::patient::Patient;
use super::redact::{self, Redaction};
use super::report::Row;
use crate::domain::label::sanitize;

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
    let redaction = Redaction::of(patient);
    let mut text = format!(
        "ssoenv {} on {} {}\n\nchecks\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    for row in rows {
        let said = match &row.problem {
            Some(problem) => {
                format!("{} {}", redaction.text(&problem.what), redaction.text(&problem.why))
            }
            None => row.about.to_owned(),
        };
        add(&mut text, &format!("  {:7} {}: {said}", row.status().word(), row.check));
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
            Some(value) if name.ends_with("REGION") => {
                add(&mut text, &format!("  {name}={}", redact::region(&value)));
            }
            Some(value) => add(&mut text, &format!("  {name}={}", redaction.value(&value))),
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
            add(&mut text, &format!("  {kind}: {}", redact::region(session.region.as_str())));
        }
    }
    text
}

fn add(text: &mut String, line: &str) {
    writeln!(text, "{}", sanitize(line)).expect("writing to a string cannot fail");
}
