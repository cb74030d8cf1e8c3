//! `AssumeRole` and `AssumeRoleWithWebIdentity`.

use super::{refuse, result_of};
use crate::answer::{Answer, escape, sts_error};
use crate::arn;
use crate::call::{Call, find};
use crate::config::Trust;
use crate::secrets::{access_key, unique_id};
use crate::state::{KeyKind, Keys, State};
use std::time::Duration;

pub(super) const PARAMETERS: &[&str] = &[
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "ExternalId",
    "SerialNumber",
    "TokenCode",
    "Policy",
    "PolicyArns",
    "Tags",
    "TransitiveTagKeys",
    "SourceIdentity",
];
pub(super) const WEB_PARAMETERS: &[&str] =
    &["RoleArn", "RoleSessionName", "WebIdentityToken", "ProviderId", "DurationSeconds"];

/// The parameters that every kind of assumption has.
struct Wanted {
    role_arn: String,
    session: String,
    duration: Duration,
}

fn word(text: &str, extra: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || extra.as_bytes().contains(&b))
}

fn wanted(state: &mut State, call: &Call, form: &[(String, String)]) -> Result<Wanted, Answer> {
    let role_arn = find(form, "RoleArn").unwrap_or_default();
    if !(20..=2048).contains(&role_arn.len()) || arn::iam_role(role_arn).is_none() {
        let what = format!("RoleArn {role_arn:?} is not the ARN of a role");
        return Err(refuse(state, call, "ValidationError", &what));
    }
    let session = find(form, "RoleSessionName").unwrap_or_default();
    if !word(session, "+=,.@-", 2, 64) {
        return Err(refuse(
            state,
            call,
            "ValidationError",
            "RoleSessionName is not 2 to 64 characters of [\\w+=,.@-]",
        ));
    }
    let duration = match find(form, "DurationSeconds").map(str::parse::<u64>) {
        None => Duration::from_hours(1),
        Some(Ok(seconds)) if (900..=43200).contains(&seconds) => Duration::from_secs(seconds),
        Some(_) => {
            return Err(refuse(
                state,
                call,
                "ValidationError",
                "DurationSeconds is not between 900 and 43200",
            ));
        }
    };
    Ok(Wanted { role_arn: role_arn.to_owned(), session: session.to_owned(), duration })
}

/// Does the trust policy name this source? What it does not restrict, it allows.
fn trusted(trust: &Trust, source: &Keys) -> bool {
    let internal = source.arn.split('/').nth(1).unwrap_or_default();
    let listed =
        |list: &[String], is: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|x| is(x));
    listed(&trust.accounts, &|a| a == source.account)
        && listed(&trust.roles, &|r| r == source.role || r == internal)
        && listed(&trust.access_keys, &|k| k == source.access_key)
}

pub(super) fn assume_role(
    state: &mut State,
    call: &Call,
    form: &[(String, String)],
    source: &Keys,
) -> Result<Answer, Answer> {
    let wanted = wanted(state, call, form)?;
    if let Some(id) = find(form, "ExternalId")
        && !word(id, "+=,.@:/-", 2, 1224)
    {
        return Err(refuse(state, call, "ValidationError", "ExternalId is malformed"));
    }
    let (serial, code) = (find(form, "SerialNumber"), find(form, "TokenCode"));
    if serial.is_some() != code.is_some() {
        return Err(refuse(
            state,
            call,
            "ValidationError",
            "SerialNumber and TokenCode go together",
        ));
    }
    if code.is_some_and(|c| c.len() != 6 || !c.bytes().all(|b| b.is_ascii_digit())) {
        return Err(refuse(state, call, "ValidationError", "TokenCode is not six digits"));
    }
    if let Some(policy) = find(form, "Policy")
        && (policy.chars().count() > 2048
            || !serde_json::from_str(policy)
                .is_ok_and(|policy: serde_json::Value| policy.is_object()))
    {
        return Err(refuse(state, call, "MalformedPolicyDocument", "Policy is malformed"));
    }
    let arns = form.iter().filter(|(name, _)| name.starts_with("PolicyArns."));
    let in_order = |(at, (name, arn)): (usize, &(String, String))| {
        at < 10 && *name == format!("PolicyArns.member.{}.arn", at + 1) && arn.starts_with("arn:")
    };
    if !arns.enumerate().all(in_order) {
        return Err(refuse(state, call, "ValidationError", "PolicyArns is malformed"));
    }
    let denied = || {
        sts_error(
            403,
            "AccessDenied",
            &format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                source.arn, wanted.role_arn
            ),
        )
    };
    let Some(trust) = state.iam_roles.get(&wanted.role_arn).cloned() else {
        return Err(denied());
    };
    if !trusted(&trust, source)
        || trust.external_id.is_some() && trust.external_id.as_deref() != find(form, "ExternalId")
    {
        return Err(denied());
    }
    if let Some((device, otp)) = &trust.mfa {
        if serial.is_none() {
            return Err(denied());
        }
        if serial != Some(device) || code != Some(otp) {
            return Err(sts_error(
                403,
                "AccessDenied",
                "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            ));
        }
    }
    let chained = source.kind != KeyKind::User;
    if chained && wanted.duration > Duration::from_hours(1) {
        return Err(sts_error(
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    let kind = if chained { KeyKind::Chained } else { KeyKind::Assumed };
    grant(state, "AssumeRole", &wanted, &trust, kind)
}

pub(super) fn with_web_identity(
    state: &mut State,
    call: &Call,
    form: &[(String, String)],
) -> Result<Answer, Answer> {
    if call.header("authorization").is_some() {
        state.violate(call, "AssumeRoleWithWebIdentity is not signed");
    }
    let wanted = wanted(state, call, form)?;
    let token = find(form, "WebIdentityToken").unwrap_or_default();
    if token.len() < 4 {
        return Err(refuse(state, call, "ValidationError", "WebIdentityToken is missing"));
    }
    if token.split('.').count() != 3 {
        return Err(sts_error(
            400,
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        ));
    }
    let Some(trust) = state.iam_roles.get(&wanted.role_arn).cloned() else {
        return Err(sts_error(
            403,
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ));
    };
    grant(state, "AssumeRoleWithWebIdentity", &wanted, &trust, KeyKind::Assumed)
}

fn grant(
    state: &mut State,
    action: &str,
    wanted: &Wanted,
    trust: &Trust,
    kind: KeyKind,
) -> Result<Answer, Answer> {
    if wanted.duration > trust.max_duration {
        return Err(sts_error(
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let (partition, account, role) = arn::iam_role(&wanted.role_arn).expect("checked before");
    let expires = state.now() + wanted.duration;
    let keys = Keys {
        access_key: access_key("ASIA"),
        secret: state.secrets.secret_key(),
        session_token: Some(state.secrets.session_token()),
        expires: Some(expires),
        arn: format!("arn:{partition}:sts::{account}:assumed-role/{role}/{}", wanted.session),
        account: account.to_owned(),
        user_id: format!("{}:{}", unique_id("AROA"), wanted.session),
        role: role.to_owned(),
        kind,
    };
    let mut result = format!(
        "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>\
         <AssumedRoleUser><AssumedRoleId>{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>",
        keys.access_key,
        keys.secret,
        keys.session_token.as_deref().unwrap_or_default(),
        state.shown(expires).strftime("%Y-%m-%dT%H:%M:%SZ"),
        escape(&keys.user_id),
        escape(&keys.arn),
    );
    if action == "AssumeRole" {
        result.push_str("<PackedPolicySize>0</PackedPolicySize>");
    } else {
        result.push_str("<SubjectFromWebIdentityToken>subject</SubjectFromWebIdentityToken>");
    }
    state.keys.insert(keys.access_key.clone(), keys);
    Ok(result_of(action, &result))
}
