//! What a report may say of somebody's machine. Texts of problems quote files and variables; what
//! they quote is shown only where it is a word of AWS or of ssoenv, whatever the text says.

use std::collections::HashSet;

use super::patient::Patient;
use crate::config::settings::{General, Rules};
use crate::config::syntax::Parsed;
use crate::domain::region_list;

/// Words that mean the same to everybody: keys, values with a fixed meaning, parts of headers, of
/// commands and of the service's hosts.
const WORDS: &[&str] = &[
    // Keys of the AWS files.
    "aws_access_key_id",
    "aws_account_id",
    "aws_secret_access_key",
    "aws_security_token",
    "aws_session_token",
    "ca_bundle",
    "credential_process",
    "credential_source",
    "duration_seconds",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "login_session",
    "mfa_serial",
    "output",
    "region",
    "role_arn",
    "role_session_name",
    "services",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
    // Headers and values.
    "DEFAULT",
    "NAME",
    "PROFILE",
    "default",
    "profile",
    "sso-session",
    "Ec2InstanceMetadata",
    "EcsContainer",
    "Environment",
    "false",
    "json",
    "sso:account:access",
    "table",
    "text",
    "true",
    "yaml",
    // Commands and variables.
    "BROWSER",
    "HOME",
    "USERPROFILE",
    "clear",
    "configure",
    "doctor",
    "init",
    "login",
    "ssoenv",
    "use",
    // Hosts.
    "amazonaws",
    "api",
    "aws",
    "cn",
    "com",
    "localhost",
    "oidc",
    "portal",
    "sso",
    "sts",
];

/// What the user's files say, to be taken out of texts.
pub struct Redaction {
    /// The longest first, so that no part of one is left.
    quoted: Vec<String>,
    home: Option<String>,
}

impl Redaction {
    /// Of everything that the AWS files hold.
    pub fn of(patient: &Patient) -> Self {
        let mut quoted: HashSet<&str> = HashSet::new();
        if let Some(config) = &patient.config {
            for file in [config.config_file(), config.credentials_file()] {
                texts(&file.parsed, &mut quoted);
            }
        }
        let home = patient.app.paths.home().ok().map(|home| home.display().to_string());
        let quoted = quoted.into_iter().filter(|text| !text.is_empty() && !is_common(text));
        let mut quoted: Vec<String> = quoted.map(str::to_owned).collect();
        quoted.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        Self { quoted, home }
    }

    /// A text that may quote: what the files hold goes, and every other literal that is not common.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for quoted in &self.quoted {
            text = without(&text, quoted);
        }
        let text = self.value(&text);
        let parts: Vec<&str> = text.split('`').collect();
        // Literals are the parts with an odd place; a stray backtick leaves no doubt but to hide all.
        if parts.len().is_multiple_of(2) {
            return "…".to_owned();
        }
        let shown = parts.iter().enumerate().map(|(at, part)| match at % 2 {
            1 if !is_common_literal(part) => "VALUE".to_owned(),
            1 => (*part).to_owned(),
            _ => part.split_inclusive(is_break).map(redact_word).collect(),
        });
        shown.collect::<Vec<_>>().join("`")
    }

    /// A value that may be shown as it is, save for what names a person or an account.
    pub fn value(&self, text: &str) -> String {
        let text = match &self.home {
            Some(home) => text.replace(home, "~"),
            None => text.to_owned(),
        };
        text.split_inclusive(is_break).map(redact_word).collect()
    }
}

/// A Region that everybody may read.
pub fn region(text: &str) -> &str {
    if region_list::known_regions().any(|known| known == text) { text } else { "REGION" }
}

/// Names and values of a file, whole and line by line.
fn texts<'a>(parsed: &'a Parsed, found: &mut HashSet<&'a str>) {
    for section in parsed.sections() {
        let title = parsed.str(section.name).trim();
        found.insert(title);
        found.extend(title.split_once(char::is_whitespace).map(|(_, name)| name.trim()));
        for entry in parsed.entries(section) {
            let value = parsed.str(entry.value);
            found.insert(value.trim());
            found.extend(value.lines().chain(parsed.str(entry.first).lines()).map(str::trim));
        }
    }
}

/// Whether it is made of words alone that are the same for everybody.
fn is_common(text: &str) -> bool {
    words(text).all(is_common_word)
}

fn is_common_literal(text: &str) -> bool {
    let is_variable = |word: &str| word.starts_with("AWS_") || word.starts_with("SSOENV_");
    words(text).all(|word| is_variable(word) || is_common_word(word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "_-:".contains(c)))
        .map(|word| word.trim_matches(':'))
        .filter(|word| !word.is_empty())
}

fn is_common_word(word: &str) -> bool {
    WORDS.contains(&word)
        || General::KEYS.iter().any(|key| key.name == word)
        || Rules::KEYS.iter().any(|key| key.name == word)
        || region_list::known_regions().any(|known| known == word)
        || (word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The text without this one, wherever it stands as words of its own.
fn without(text: &str, quoted: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(quoted) {
        let (before, after) = (&rest[..at], &rest[at + quoted.len()..]);
        let inside = before.ends_with(char::is_alphanumeric)
            && quoted.starts_with(char::is_alphanumeric)
            || after.starts_with(char::is_alphanumeric) && quoted.ends_with(char::is_alphanumeric);
        left.push_str(before);
        left.push_str(if inside { quoted } else { "VALUE" });
        rest = after;
    }
    left + rest
}

fn is_break(c: char) -> bool {
    c.is_whitespace() || "`,;()[]".contains(c)
}

fn redact_word(word: &str) -> String {
    let end = word.trim_end_matches(is_break);
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
    use super::{is_common_literal, redact_word, without};

    #[test]
    fn words_that_name_somebody_are_hidden() {
        for (word, hidden) in [
            ("https://example.awsapps.com/start` ", "URL` "),
            ("jane@example.com, ", "E-MAIL, "),
            ("111122223333\n", "NUMBER\n"),
            ("eu-west-1 ", "eu-west-1 "),
        ] {
            assert_eq!(redact_word(word), hidden);
        }
    }

    #[test]
    fn only_common_literals_are_shown() {
        for shown in [
            "sso_region = us-east-1",
            "[default]",
            "AWS_PROFILE",
            "ssoenv use",
            "oidc.us-east-1.amazonaws.com",
        ] {
            assert!(is_common_literal(shown), "{shown}");
        }
        for hidden in
            ["corp", "[profile corp]", "region = geheim", "eu-west-1 # geheim", "ReadOnly"]
        {
            assert!(!is_common_literal(hidden), "{hidden}");
        }
    }

    #[test]
    fn what_is_quoted_goes_where_it_stands_alone() {
        assert_eq!(without("a (corp) corporate corp", "corp"), "a (VALUE) corporate VALUE");
    }
}
