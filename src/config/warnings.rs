//! What the AWS CLI reads and its user, or another AWS tool, reads differently.

use super::file::AwsFile;
use super::finding::{Finding, Kind};
use super::header::{self, Header};
use super::profiles::Config;
use super::syntax::stray_comment;
use super::syntax::{DEFAULTS, Entry, Section};

/// Keys whose values hold no blanks, so that ` #` behind one was meant as a comment.
const SINGLE_WORDS: [&str; 12] = [
    "region",
    "output",
    "sso_region",
    "sso_start_url",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_registration_scopes",
    "role_arn",
    "source_profile",
    "credential_source",
    "services",
];

impl Config {
    /// All findings, in the order of the files.
    pub fn warnings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for section in self.config.parsed.sections() {
            self.config_section(section, &mut found);
            entries(&self.config, section, &mut found);
        }
        for section in self.credentials.parsed.sections() {
            self.credentials_section(section, &mut found);
            entries(&self.credentials, section, &mut found);
        }
        found.sort_by_key(|finding| (finding.path != self.config.path, finding.line));
        found
    }

    fn config_section(&self, section: &Section, found: &mut Vec<Finding>) {
        let parsed = &self.config.parsed;
        let title = parsed.str(section.name);
        let mut add = |kind, what: String, why: &str, fix: String| {
            let (path, why) = (self.config.path.clone(), why.to_owned());
            found.push(Finding { kind, path, line: section.line as usize, what, why, fix });
        };
        match header::classify(title) {
            Header::Profile(name) => {
                let counts = self.counts(&name, section);
                if title != "default" && name == "default" {
                    let why = "the AWS CLI takes the later of `[default]` and `[profile default]` whole, SDKs always the latter";
                    add(
                        Kind::ProfileDefault,
                        format!("`[{title}]` is not `[default]`"),
                        why,
                        "write `[default]`, and keep one of the two".into(),
                    );
                } else if !counts {
                    let why = "a later section of the same name replaces it whole";
                    let fix = "move its keys to the later section, and remove it".to_owned();
                    let kind = if title == "default" {
                        Kind::ProfileDefault
                    } else {
                        Kind::ReplacedSection
                    };
                    add(kind, format!("`[{title}]` does not count"), why, fix);
                } else {
                    portable(title, &name, &header::profile_section(&name), &mut add);
                }
            }
            Header::Session(name) => {
                portable(title, &name, &header::session_section(&name), &mut add);
            }
            Header::Services(_) => {}
            Header::Defaults => add(
                Kind::UppercaseDefault,
                "`[DEFAULT]` is not `[default]`".to_owned(),
                "the AWS CLI puts its keys into every profile and session, SDKs ignore it",
                "write `[default]`, or move its keys to the profiles".to_owned(),
            ),
            Header::Dropped => add(
                Kind::DroppedSection,
                format!("`[{title}]` is not a profile for any AWS tool"),
                "the name must be one word, or in quotes",
                "write `[profile NAME]`".to_owned(),
            ),
            Header::Other => self.other(title, section, &mut add),
        }
    }

    fn other(
        &self,
        title: &str,
        section: &Section,
        add: &mut impl FnMut(Kind, String, &str, String),
    ) {
        let lower = title.trim().to_lowercase();
        let looks = |entry: &Entry| {
            let key = self.config.parsed.str(entry.key);
            key.starts_with("sso_") || matches!(key, "region" | "role_arn" | "aws_access_key_id")
        };
        let keys = self.config.parsed.entries(section);
        let meant = lower.starts_with("profile") || lower == "default";
        if meant || lower.replace('_', "-").starts_with("sso-session") || keys.iter().any(looks) {
            let fix = if lower == "default" {
                "write `[default]`".to_owned()
            } else if lower.replace('_', "-").starts_with("sso-session") {
                "write `[sso-session NAME]`".to_owned()
            } else if meant {
                "write `[profile NAME]`".to_owned()
            } else {
                format!("write `[{}]`", header::profile_section(title.trim()))
            };
            let why = "AWS tools read only `[profile NAME]`, `[default]` and `[sso-session NAME]`";
            add(Kind::MissingPrefix, format!("`[{title}]` is not read"), why, fix);
        }
    }

    fn credentials_section(&self, section: &Section, found: &mut Vec<Finding>) {
        let file = &self.credentials;
        let title = file.parsed.str(section.name);
        let (kind, what, why, fix) = if title == DEFAULTS {
            let why = "the AWS CLI puts its keys into every profile of this file";
            (
                Kind::UppercaseDefault,
                "`[DEFAULT]` is not `[default]`".to_owned(),
                why,
                "write `[default]`".to_owned(),
            )
        } else if title.starts_with("sso-session") {
            let why = "sessions are read from the config file only";
            let fix = format!("move it to {}", self.config.path.display());
            (Kind::PrefixInCredentials, format!("`[{title}]` is not read in this file"), why, fix)
        } else if let Some(name) = title.strip_prefix("profile ") {
            let why =
                "names in this file have no prefix: the AWS CLI reads the word as part of the name";
            (
                Kind::PrefixInCredentials,
                format!("`[{title}]` is not the profile `{}`", name.trim()),
                why,
                format!("write `[{}]`", name.trim()),
            )
        } else {
            return;
        };
        let (path, why) = (file.path.clone(), why.to_owned());
        found.push(Finding { kind, path, line: section.line as usize, what, why, fix });
    }
}

fn portable(
    title: &str,
    name: &str,
    written: &str,
    add: &mut impl FnMut(Kind, String, &str, String),
) {
    if !header::is_portable(name) {
        let what = format!("name `{name}` is not read by every AWS tool");
        let why = "AWS SDKs read names of letters, digits and `_-/.%@:+` only";
        add(Kind::NameNotPortable, what, why, "use another name".to_owned());
    } else if title.contains(['"', '\'', '\\']) {
        let why = "AWS SDKs do not read quoted names";
        add(
            Kind::NameNotPortable,
            format!("`[{title}]` has a quoted name"),
            why,
            format!("write `[{written}]`"),
        );
    } else if title
        .split([' ', '\t'])
        .next()
        .is_some_and(|word| !matches!(word, "profile" | "sso-session" | "default"))
    {
        let why = "the AWS CLI looks at the first letters only, SDKs at the whole word";
        add(
            Kind::MissingPrefix,
            format!("`[{title}]` has an unusual prefix"),
            why,
            format!("write `[{written}]`"),
        );
    }
}

/// Findings about single keys.
fn entries(file: &AwsFile, section: &Section, found: &mut Vec<Finding>) {
    let parsed = &file.parsed;
    for (at, entry) in parsed.entries(section).iter().enumerate() {
        let key = parsed.str(entry.key);
        let mut add = |kind, what: String, why: &str, fix: String| {
            let (path, why) = (file.path.clone(), why.to_owned());
            found.push(Finding { kind, path, line: entry.line as usize, what, why, fix });
        };
        let line = &parsed.text()[entry.lines.start as usize..entry.lines.end as usize];
        if SINGLE_WORDS.contains(&key)
            && let Some(value) = stray_comment(parsed.str(entry.first))
        {
            let what = format!("the value of `{key}` is `{}`", parsed.str(entry.first));
            let why = "the AWS CLI reads a comment after a value as part of it";
            add(
                Kind::InlineComment,
                what,
                why,
                format!("write `{key} = {value}`, and the comment on a line of its own"),
            );
        }
        let delimiter = line.find(['=', ':']).map(|at| line.as_bytes()[at]);
        if delimiter == Some(b':') {
            let why = "the AWS CLI reads it, SDKs refuse the file";
            add(
                Kind::ColonDelimiter,
                format!("`{key}` is followed by a colon"),
                why,
                format!("write `{key} = …`"),
            );
        }
        let value = parsed.str(entry.value);
        if let Some(header) =
            value.lines().skip(1).find(|line| line.starts_with('[') && line.ends_with(']'))
        {
            let what = format!("`{header}` is part of the value of `{key}`");
            let why = "an indented header after a key continues its value";
            add(Kind::Indentation, what, why, "start the header in the first column".to_owned());
        } else if at == 0 && line.starts_with([' ', '\t']) {
            let why = "the AWS CLI reads indented keys, SDKs refuse the file";
            add(
                Kind::Indentation,
                format!("`{key}` is indented"),
                why,
                "start it in the first column".to_owned(),
            );
        }
    }
}
