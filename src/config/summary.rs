//! One line about a profile, for listings: what it says of itself, right or wrong. Nothing fails
//! here, so that one broken profile does not hide the others.

use super::profiles::Config;
use super::resolve::{assumes_role, has_static_keys};
use super::sso::names_role;
use super::values::Values;
use crate::domain::arn;
use crate::domain::names::ProfileName;
use crate::domain::profile::MOST_STEPS;

/// What a listing shows of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary<'a> {
    pub profile: &'a ProfileName,
    /// `sso_account_id`, or the account of `role_arn`.
    pub account_id: Option<&'a str>,
    /// `sso_role_name`, or the role of `role_arn`.
    pub role: Option<&'a str>,
    /// The profile's own `region`.
    pub region: Option<&'a str>,
    /// The named session at the root of its credentials.
    pub session: Option<&'a str>,
    /// The word of `list --json`.
    pub source: &'static str,
}

impl Config {
    /// One line about each profile, in the order of [`Config::profile_names`].
    pub fn summaries(&self) -> impl Iterator<Item = Summary<'_>> {
        self.each().map(|(name, values)| self.summary_of(name, values))
    }

    /// One line about a profile.
    pub fn summary(&self, name: &str) -> Option<Summary<'_>> {
        let (name, values) = self.named(name)?;
        Some(self.summary_of(name, values))
    }

    fn summary_of<'a>(&'a self, profile: &'a ProfileName, values: Values<'a>) -> Summary<'a> {
        let region = values.text("region");
        let source = source_word(values);
        let mut summary =
            Summary { profile, account_id: None, role: None, region, session: None, source };
        match source {
            "assume-role" => {
                let arn =
                    values.text("role_arn").and_then(|arn| arn::account(arn).zip(arn::role(arn)));
                (summary.account_id, summary.role) = arn.unzip();
                summary.session = self.root_session(values);
            }
            "login" => {
                let arn = values.text("login_session").unwrap_or_default();
                summary.account_id = crate::domain::arn::account(arn);
                summary.role = crate::domain::login_session::role_of(arn);
            }
            "sso" | "sso-legacy" => {
                summary.session = values.text("sso_session");
                let section = summary.session.and_then(|session| self.session_values(session));
                let find = |key: &str| {
                    values.text(key).or_else(|| section.and_then(|section| section.text(key)))
                };
                summary.account_id = find("sso_account_id");
                summary.role = find("sso_role_name");
            }
            _ => {}
        }
        summary
    }

    /// The session that a chain of `source_profile` ends in.
    fn root_session<'a>(&'a self, mut values: Values<'a>) -> Option<&'a str> {
        for step in 0..=MOST_STEPS {
            // Keys of its own end the chain, but not where it begins.
            let is_last = !assumes_role(values) || (step > 0 && has_static_keys(values));
            if is_last {
                let session = values.text("sso_session").filter(|_| names_role(values));
                return session.filter(|_| !values.contains("web_identity_token_file"));
            }
            values = self.values(values.text("source_profile")?)?;
        }
        None
    }
}

/// What the profile's credentials are made of, in the AWS CLI's order.
fn source_word(values: Values) -> &'static str {
    if values.contains("role_arn") || values.contains("web_identity_token_file") {
        "assume-role"
    } else if names_role(values) {
        if values.contains("sso_session") { "sso" } else { "sso-legacy" }
    } else if values.credentials_only().is_some_and(|file| file.contains("aws_access_key_id")) {
        "static"
    } else if values.contains("login_session") {
        "login"
    } else if values.contains("credential_process") {
        "credential-process"
    } else if values.contains("aws_access_key_id") {
        "static"
    } else {
        "other"
    }
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::config::file::AwsFile;
    use crate::config::syntax::Parsed;

    #[test]
    fn a_chain_ends_where_the_credentials_come_from() {
        let role = "role_arn = arn:aws:iam::111122223333:role/R\n";
        let sso = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n";
        let keys = "aws_access_key_id = A\naws_secret_access_key = S\n";
        for (middle, expected) in
            [("", Some("corp")), (keys, None), ("web_identity_token_file = /t\n", None)]
        {
            let text = format!(
                "[profile top]\n{role}source_profile = middle\n\
                 [profile middle]\n{role}source_profile = root\n{middle}\
                 [profile root]\n{sso}"
            );
            let parsed = Parsed::parse(text).expect("it is well-formed");
            let file = AwsFile { parsed, ..AwsFile::default() };
            let config = Config::merge(file, AwsFile::default());
            let summary = config.summary("top").expect("it is there");
            assert_eq!(summary.session, expected, "{middle}");
        }
    }
}
