//! The names that the AWS CLI gives to cached credentials of roles: hashes of what they are of.

use serde_json::{Map, Value, json};

use crate::domain::names::SessionName;
use crate::domain::profile::{AssumeRole, SsoRole};
use crate::identity::wire::json::{compact, sha1_hex, spaced};

/// The hash that names the role's cache file, lock and stamps.
pub fn key_hash(role: &SsoRole) -> String {
    let session = role.session.name.as_ref().map(SessionName::as_str);
    let (account, name) = (role.account_id.as_str(), role.role_name.as_str());
    hash_of(account, name, session, &role.session.start_url)
}

/// [`key_hash`] of words.
pub fn hash_of(account: &str, role: &str, session: Option<&str>, start_url: &str) -> String {
    // An empty session name means the legacy form here, though not for tokens.
    let (last, value) = match session.filter(|name| !name.is_empty()) {
        Some(name) => ("sessionName", name),
        None => ("startUrl", start_url),
    };
    sha1_hex(&compact(&json!({
        "accountId": account,
        "roleName": role,
        last: value,
    })))
}

/// The arguments of `AssumeRole` that the configuration gives, in the order of their names: the
/// text of which the AWS CLI takes the hash.
pub fn arguments(assume: &AssumeRole) -> Map<String, Value> {
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let all = [
        ("DurationSeconds", assume.duration_seconds.map(Value::from)),
        ("ExternalId", text(&assume.external_id)),
        ("Policy", text(&assume.policy)),
        (
            "PolicyArns",
            Some(assume.policy_arns.clone().into()).filter(|_| !assume.policy_arns.is_empty()),
        ),
        ("RoleArn", Some(assume.role_arn.clone().into())),
        ("RoleSessionName", text(&assume.role_session_name)),
        ("SerialNumber", text(&assume.mfa_serial)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The name of the AWS CLI's cache file for an assumed role: the source is not part of it.
pub fn assume_role_file_name(assume: &AssumeRole) -> String {
    let key = Value::Object(arguments(assume));
    format!("{}.json", sha1_hex(&spaced(&key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::{Source, SsoSession};

    fn vectors(section: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/identity.json"))
            .expect("the vectors are JSON");
        all[section]["vectors"].as_array().expect("a list").clone()
    }

    fn role(vector: &Value) -> SsoRole {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        SsoRole {
            session: SsoSession {
                name: vector["session_name"].as_str().map(SessionName::from),
                start_url: text("start_url").to_owned(),
                region: "us-east-1".into(),
                scopes: None,
            },
            account_id: text("account_id").into(),
            role_name: text("role_name").into(),
        }
    }

    #[test]
    fn files_are_named_as_the_aws_cli_names_them() {
        for vector in vectors("sso_role_credential_cache_file_names") {
            assert_eq!(
                vector["file_name"],
                format!("{}.json", key_hash(&role(&vector))),
                "{vector}"
            );
        }
    }

    #[test]
    fn arguments_are_what_the_aws_cli_hashes() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/credentials.json"))
            .expect("the vectors are JSON");
        for vector in all["assume_role_cache_file_names"]["vectors"].as_array().expect("a list") {
            let extra = &vector["extra_args"];
            let text = |name: &str| extra[name].as_str().map(str::to_owned);
            let seconds = extra["DurationSeconds"].as_u64().and_then(|n| u32::try_from(n).ok());
            let assume = AssumeRole {
                policy: None,
                policy_arns: Vec::new(),
                role_arn: vector["role_arn"].as_str().expect("an ARN").to_owned(),
                source_profile: None,
                source: Box::new(Source::Environment),
                external_id: text("ExternalId"),
                role_session_name: text("RoleSessionName"),
                duration_seconds: seconds,
                mfa_serial: text("SerialNumber"),
            };
            let hashed = spaced(&Value::Object(arguments(&assume)));
            assert_eq!(hashed, vector["hashed_text"].as_str().expect("a text"));
            assert_eq!(assume_role_file_name(&assume), vector["file_name"]);
        }
    }
}
