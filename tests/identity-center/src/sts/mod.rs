//! STS: who signed, and what they may do.

mod assume;
pub mod sigv4;

use crate::answer::{Answer, escape, sts_error};
use crate::call::{Call, find};
use crate::operation::Operation;
use crate::secrets::request_id;
use crate::state::{Keys, State};
use sigv4::{Authorization, Request};

const VERSION: &str = "2011-06-15";

/// A 400 that is also a violation.
fn refuse(state: &mut State, call: &Call, code: &str, what: &str) -> Answer {
    state.violate(call, what);
    sts_error(400, code, what)
}

/// Names and form of the parameters: what can be wrong without knowing any state.
fn check(state: &mut State, call: &Call, form: &[(String, String)]) -> Result<(), Answer> {
    let known: &[&str] = match call.op {
        Operation::AssumeRole => assume::PARAMETERS,
        Operation::AssumeRoleWithWebIdentity => assume::WEB_PARAMETERS,
        _ => &[],
    };
    if !call
        .header("content-type")
        .is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"))
    {
        return Err(refuse(state, call, "MalformedInput", "Content-Type is not a form"));
    }
    if find(form, "Version") != Some(VERSION) {
        return Err(refuse(state, call, "InvalidAction", "Version is not 2011-06-15"));
    }
    for (name, value) in form {
        let base = name.split('.').next().unwrap_or_default();
        if !["Action", "Version"].contains(&base) && !known.contains(&base) {
            return Err(refuse(
                state,
                call,
                "ValidationError",
                &format!("unknown parameter {name}"),
            ));
        }
        if value.is_empty() {
            return Err(refuse(
                state,
                call,
                "ValidationError",
                &format!("parameter {name} is empty"),
            ));
        }
    }
    Ok(())
}

/// Checks the form of a request alone.
pub(crate) fn lint(state: &mut State, call: &Call) {
    let _ = check(state, call, &call.form());
}

pub(crate) fn answer(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let form = call.form();
    check(state, call, &form)?;
    match call.op {
        Operation::AssumeRoleWithWebIdentity => assume::with_web_identity(state, call, &form),
        Operation::AssumeRole => {
            let keys = signer(state, call)?;
            assume::assume_role(state, call, &form, &keys)
        }
        _ => {
            let keys = signer(state, call)?;
            let result = format!(
                "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
                escape(&keys.arn),
                escape(&keys.user_id),
                keys.account
            );
            Ok(result_of("GetCallerIdentity", &result))
        }
    }
}

fn result_of(action: &str, inner: &str) -> Answer {
    Answer::xml(
        200,
        format!(
            "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/{VERSION}/\">\
             <{action}Result>{inner}</{action}Result>\
             <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
            request_id()
        ),
    )
}

/// Verifies the signature and returns whose it is.
fn signer(state: &mut State, call: &Call) -> Result<Keys, Answer> {
    let Some(header) = call.header("authorization") else {
        state.violate(call, "unsigned request");
        return Err(sts_error(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        ));
    };
    let Some(auth) = Authorization::parse(header) else {
        return Err(refuse(state, call, "IncompleteSignature", "malformed Authorization header"));
    };
    form_of_signature(state, call, &auth)?;
    let unknown = || {
        sts_error(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )
    };
    let Some(keys) = state.keys.get(&auth.access_key).cloned() else {
        return Err(unknown());
    };
    let request = Request {
        method: &call.method,
        path: &call.path,
        query: &call.raw_query,
        headers: &call.headers,
        body: &call.body,
    };
    if sigv4::signature(&request, &auth, &keys.secret) != auth.signature {
        state.violate(call, "the signature does not match");
        return Err(sts_error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS \
             Secret Access Key and signing method. Consult the service documentation for details.",
        ));
    }
    if keys.session_token.as_deref() != call.header("x-amz-security-token") {
        state.violate(call, "the session token is not the one of these keys");
        return Err(unknown());
    }
    in_time(state, call)?;
    if keys.expires.is_some_and(|at| at <= state.now()) {
        return Err(sts_error(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        ));
    }
    Ok(keys)
}

/// What must be signed, and for which scope.
fn form_of_signature(state: &mut State, call: &Call, auth: &Authorization) -> Result<(), Answer> {
    let mut needed = vec!["content-type", "host", "x-amz-date"];
    if call.header("x-amz-security-token").is_some() {
        needed.push("x-amz-security-token");
    }
    for name in needed {
        if !auth.signed_headers.iter().any(|h| h == name) {
            return Err(refuse(
                state,
                call,
                "IncompleteSignature",
                &format!("header {name} is not signed"),
            ));
        }
    }
    if !auth.signed_headers.is_sorted() {
        return Err(refuse(state, call, "IncompleteSignature", "SignedHeaders is not sorted"));
    }
    if let Some(missing) = auth.signed_headers.iter().find(|h| call.header(h).is_none()) {
        let what = format!("signed header {missing} was not sent");
        return Err(refuse(state, call, "IncompleteSignature", &what));
    }
    let date = call.header("x-amz-date").unwrap_or_default();
    if !date.starts_with(&auth.date) {
        return Err(refuse(
            state,
            call,
            "SignatureDoesNotMatch",
            "the scope's date is not the one of x-amz-date",
        ));
    }
    if auth.service != "sts" {
        return Err(refuse(
            state,
            call,
            "SignatureDoesNotMatch",
            "Credential should be scoped to correct service: 'sts'.",
        ));
    }
    if call.via.host.is_some() && auth.region != call.via.region {
        return Err(refuse(
            state,
            call,
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region.",
        ));
    }
    Ok(())
}

/// Within 15 minutes of the server's own clock.
fn in_time(state: &mut State, call: &Call) -> Result<(), Answer> {
    let text = call.header("x-amz-date").unwrap_or_default();
    let parsed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text)
        .and_then(|d| d.to_zoned(jiff::tz::TimeZone::UTC));
    let Ok(signed) = parsed.map(|z| z.timestamp()) else {
        return Err(refuse(state, call, "IncompleteSignature", "x-amz-date is malformed"));
    };
    let now = state.shown(state.now());
    let off = now.duration_since(signed).as_secs();
    if off.abs() <= 15 * 60 {
        return Ok(());
    }
    let compact = |t: jiff::Timestamp| t.strftime("%Y%m%dT%H%M%SZ").to_string();
    let message = if off > 0 {
        format!(
            "Signature expired: {text} is now earlier than {} ({} - 15 min.)",
            compact(now - jiff::SignedDuration::from_mins(15)),
            compact(now)
        )
    } else {
        format!(
            "Signature not yet current: {text} is still later than {} ({} + 15 min.)",
            compact(now + jiff::SignedDuration::from_mins(15)),
            compact(now)
        )
    };
    Err(sts_error(403, "SignatureDoesNotMatch", &message))
}
