//! The access portal: accounts, roles, credentials, logout.

use crate::answer::{Answer, portal_error};
use crate::call::Call;
use crate::operation::Operation;
use crate::rate::Whim;
use crate::state::{KeyKind, Keys, State};
use crate::{arn, secrets};
use serde_json::{Value, json};

fn refuse(state: &mut State, call: &Call, what: &str) -> Answer {
    state.violate(call, what);
    portal_error(400, "InvalidRequestException", what)
}

/// Query names, headers and body: what can be wrong without knowing any state.
fn check(state: &mut State, call: &Call) -> Result<(), Answer> {
    let (needed, optional): (&[&str], &[&str]) = match call.op {
        Operation::ListAccounts => (&[], &["max_result", "next_token"]),
        Operation::ListAccountRoles => (&["account_id"], &["max_result", "next_token"]),
        Operation::GetRoleCredentials => (&["role_name", "account_id"], &[]),
        _ => (&[], &[]),
    };
    for (name, value) in &call.query {
        if !needed.contains(&name.as_str()) && !optional.contains(&name.as_str()) {
            return Err(refuse(state, call, &format!("unknown query parameter {name}")));
        }
        if value.is_empty() {
            return Err(refuse(state, call, &format!("query parameter {name} is empty")));
        }
        if call.query.iter().filter(|(n, _)| n == name).count() > 1 {
            return Err(refuse(state, call, &format!("query parameter {name} is repeated")));
        }
    }
    for name in needed {
        if call.param(name).is_none() {
            return Err(refuse(state, call, &format!("query parameter {name} is missing")));
        }
    }
    if let Some(id) = call.param("account_id")
        && (id.len() != 12 || !id.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(refuse(state, call, "account_id is not twelve digits"));
    }
    if !call.body.is_empty() {
        return Err(refuse(state, call, "a body on an operation that has none"));
    }
    for name in ["authorization", "cookie"] {
        if call.header(name).is_some() {
            return Err(refuse(state, call, &format!("header {name} on a portal call")));
        }
    }
    if call.op == Operation::Logout && call.header("content-length") != Some("0") {
        state.violate(call, "POST without Content-Length: 0");
    }
    let tokens = call.headers.iter().filter(|(n, _)| n == "x-amz-sso_bearer_token").count();
    if tokens != 1 {
        state.violate(call, format!("{tokens} x-amz-sso_bearer_token headers"));
        return Err(unauthorized());
    }
    Ok(())
}

/// Checks the form of a request alone.
pub(crate) fn lint(state: &mut State, call: &Call) {
    let _ = check(state, call);
}

fn unauthorized() -> Answer {
    portal_error(401, "UnauthorizedException", "Session token not found or invalid")
}

fn bearer(state: &State, call: &Call) -> Result<String, Answer> {
    let token = call.header("x-amz-sso_bearer_token").unwrap_or_default();
    match state.access_tokens.get(token) {
        Some(t) if !t.revoked && t.expires > state.now() && t.region == call.via.region => {
            Ok(token.to_owned())
        }
        _ => Err(unauthorized()),
    }
}

pub(crate) fn answer(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let refusal = || portal_error(429, "TooManyRequestsException", "HTTP 429 Unknown Code");
    if state.whim.as_mut().is_some_and(Whim::strikes) {
        return Err(refusal());
    }
    let now = state.now();
    if let Some(bucket) = &mut state.rate
        && let Err(wait) = bucket.take(now)
    {
        let says_when = bucket.retry_after;
        let refusal = refusal();
        return Err(if says_when {
            refusal.header("retry-after", format!("{:.0}", wait.ceil().max(1.0)))
        } else {
            refusal
        });
    }
    check(state, call)?;
    let token = bearer(state, call)?;
    match call.op {
        Operation::ListAccounts => {
            let rows = state
                .accounts
                .iter()
                .map(|a| {
                    let mut row = json!({ "accountId": a.id });
                    if !a.name.is_empty() {
                        row["accountName"] = json!(a.name);
                    }
                    if !a.email.is_empty() {
                        row["emailAddress"] = json!(a.email);
                    }
                    row
                })
                .collect();
            paged(state, call, "accountList", rows)
        }
        Operation::ListAccountRoles => {
            let id = call.param("account_id").unwrap_or_default();
            let rows = account_roles(state, id)?
                .iter()
                .map(|role| json!({"roleName": role, "accountId": id}))
                .collect();
            paged(state, call, "roleList", rows)
        }
        Operation::GetRoleCredentials => credentials(state, call),
        _ => {
            if let Some(t) = state.access_tokens.get_mut(&token) {
                t.revoked = true;
            }
            Ok(Answer::new(200, "application/json", ""))
        }
    }
}

fn account_roles(state: &State, id: &str) -> Result<Vec<String>, Answer> {
    match state.accounts.iter().find(|a| a.id == id) {
        Some(account) => Ok(account.roles.clone()),
        None => Err(portal_error(404, "ResourceNotFoundException", "Account not found")),
    }
}

/// Page tokens contain characters that a client has to encode.
fn paged(state: &mut State, call: &Call, list: &str, rows: Vec<Value>) -> Result<Answer, Answer> {
    let asked: usize = match call.param("max_result").map(str::parse) {
        None => state.page_size,
        Some(Ok(n)) if (1..=100).contains(&n) => n,
        Some(_) => return Err(refuse(state, call, "max_result is not between 1 and 100")),
    };
    let tail = format!("+/{}==", call.param("account_id").unwrap_or("accounts"));
    let start: usize = match call.param("next_token") {
        None => 0,
        Some(token) => match token.strip_suffix(&tail).map(str::parse) {
            Some(Ok(n)) if n <= rows.len() => n,
            _ => return Err(refuse(state, call, "next_token is not one that was issued")),
        },
    };
    let end = rows.len().min(start + asked.min(state.page_size).max(1));
    let next = (end < rows.len()).then(|| format!("{end}{tail}"));
    let page: Vec<Value> = rows.into_iter().skip(start).take(end - start).collect();
    Ok(Answer::json(200, &json!({ list: page, "nextToken": next })))
}

fn credentials(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let account = call.param("account_id").unwrap_or_default().to_owned();
    let role = call.param("role_name").unwrap_or_default().to_owned();
    if !account_roles(state, &account)?.contains(&role) {
        return Err(portal_error(403, "ForbiddenException", "No access"));
    }
    let user = state.user.clone();
    let keys = Keys {
        access_key: secrets::access_key("ASIA"),
        secret: state.secrets.secret_key(),
        session_token: Some(state.secrets.session_token()),
        expires: Some(state.now() + state.lifetimes.role_credentials),
        arn: arn::sso_session(state.partition(), &account, &role, &user),
        user_id: format!("{}:{user}", secrets::unique_id("AROA")),
        account,
        role,
        kind: KeyKind::Sso,
    };
    let body = json!({"roleCredentials": {
        "accessKeyId": keys.access_key,
        "expiration": keys.expires.map(|at| state.shown(at).as_millisecond()),
        "secretAccessKey": keys.secret,
        "sessionToken": keys.session_token,
    }});
    state.keys.insert(keys.access_key.clone(), keys);
    Ok(Answer::json(200, &body))
}
