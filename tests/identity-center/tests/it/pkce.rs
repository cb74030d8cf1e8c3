use crate::api::*;
use identity_center::browser::request;
use identity_center::{IdentityCenter, Lifetimes, Operation, Reply};
use serde_json::json;
use std::time::Duration;

#[test]
fn a_login_and_a_refresh() {
    let ic = IdentityCenter::start();
    let client = register(&ic, &pkce_registration(&ic));
    let code = code(&ic, &client.0);
    let answer = post(&ic.url(), "/token", &code_request(&client, &code)).json();
    assert_eq!(answer["tokenType"], "Bearer");
    assert_eq!(answer["expiresIn"], 3600);
    let refresh = answer["refreshToken"].as_str().unwrap();
    let second = post(&ic.url(), "/token", &refresh_request(&client, refresh)).json();
    assert_ne!(second["refreshToken"], answer["refreshToken"]);
    assert_ne!(second["accessToken"], answer["accessToken"]);
    ic.assert_clean();
    let secrets = ic.issued_secrets();
    assert!(secrets.iter().all(|s| s.contains("SENTINEL")));
    for text in [&client.1, &code, &refresh.to_owned()] {
        assert!(secrets.contains(text));
    }
}

#[test]
fn a_code_is_good_once() {
    let ic = IdentityCenter::start();
    let client = register(&ic, &pkce_registration(&ic));
    let body = code_request(&client, &code(&ic, &client.0));
    assert_eq!(post(&ic.url(), "/token", &body).status, 200);
    assert_eq!(error(&post(&ic.url(), "/token", &body)), "invalid_grant");
    ic.expect_violation("authorization code used twice");
    ic.assert_clean();
}

#[test]
fn a_refresh_token_is_good_once() {
    let ic = IdentityCenter::start();
    let session = ic.session();
    let client = (session.client_id, session.client_secret);
    let body = refresh_request(&client, &session.refresh_token.unwrap());
    assert_eq!(post(&ic.url(), "/token", &body).status, 200);
    let again = post(&ic.url(), "/token", &body);
    assert_eq!(error(&again), "invalid_grant");
    assert!(again.header("x-amzn-errortype").unwrap().starts_with("InvalidGrantException:http"));
    ic.expect_violation("refresh token sent twice");
}

#[test]
fn what_was_sent_without_a_clear_answer_may_not_be_sent_again() {
    for reply in [Reply::Drop, Reply::Garbage, Reply::InvalidGrant] {
        let ic = IdentityCenter::start();
        ic.script(Operation::CreateToken, [reply]);
        let session = ic.session();
        let client = (session.client_id, session.client_secret);
        let body = refresh_request(&client, &session.refresh_token.unwrap()).to_string();
        let url = format!("{}/token", ic.url());
        let headers = [("Content-Type", "application/json")];
        let _ = request("POST", &url, &headers, Some(&body));
        ic.assert_clean();
        let _ = request("POST", &url, &headers, Some(&body));
        ic.expect_violation("refresh token sent twice");
    }
    let ic = IdentityCenter::start();
    ic.script(Operation::CreateToken, [Reply::Status(503), Reply::StatusRetryAfter(429, 1)]);
    let session = ic.session();
    let client = (session.client_id, session.client_secret);
    let body = refresh_request(&client, &session.refresh_token.unwrap());
    let statuses: Vec<u16> = (0..3).map(|_| post(&ic.url(), "/token", &body).status).collect();
    assert_eq!(statuses, [503, 429, 200]);
    ic.assert_clean();
}

#[test]
fn wrong_exchanges_are_refused() {
    let ic = IdentityCenter::start();
    let client = register(&ic, &pkce_registration(&ic));
    let other = register(&ic, &pkce_registration(&ic));
    let long = "x".repeat(43);
    for (field, value, violation) in [
        ("codeVerifier", long.as_str(), "codeVerifier does not fit"),
        ("codeVerifier", "short", "codeVerifier is not 43"),
        ("redirectUri", "http://127.0.0.1:1/oauth/callback", "redirectUri differs"),
        ("code", "other", "unknown authorization code"),
    ] {
        let mut body = code_request(&client, &code(&ic, &client.0));
        body[field] = json!(value);
        assert_eq!(post(&ic.url(), "/token", &body).status, 400, "{field}");
        ic.expect_violation(violation);
    }
    let body = code_request(&other, &code(&ic, &client.0));
    assert_eq!(error(&post(&ic.url(), "/token", &body)), "invalid_grant");
    ic.expect_violation("belongs to another client");
    let mut body = code_request(&client, &code(&ic, &client.0));
    body["clientSecret"] = json!("wrong");
    assert_eq!(post(&ic.url(), "/token", &body).status, 401);
    ic.expect_violation("client secret");
    ic.assert_clean();
}

#[test]
fn bodies_are_read_strictly() {
    let ic = IdentityCenter::start();
    let client = register(&ic, &pkce_registration(&ic));
    let good = code_request(&client, "x");
    let mut snake = good.clone();
    snake["code_verifier"] = json!(VERIFIER);
    let mut case = good.clone();
    case["ClientId"] = json!("x");
    let mut foreign = good.clone();
    foreign["deviceCode"] = json!("x");
    let mut number = good.clone();
    number["code"] = json!(7);
    let mut missing = good;
    missing.as_object_mut().unwrap().shift_remove("redirectUri");
    for (body, violation) in [
        (snake, "unknown field code_verifier"),
        (case, "unknown field ClientId"),
        (foreign, "field deviceCode does not belong"),
        (number, "field code is not a string"),
        (missing, "field redirectUri is missing"),
        (json!([]), "not a JSON object"),
    ] {
        let page = post(&ic.url(), "/token", &body);
        assert_eq!((page.status, error(&page).as_str()), (400, "invalid_request"));
        ic.expect_violation(violation);
    }
    let url = format!("{}/token", ic.url());
    assert_eq!(request("POST", &url, &[], Some("{}")).unwrap().status, 400);
    ic.expect_violation("Content-Type");
    ic.assert_clean();
}

#[test]
fn authorize_pages_are_checked() {
    let ic = IdentityCenter::start();
    let client = register(&ic, &pkce_registration(&ic));
    let good = authorize_url(&ic, &client.0);
    for (from, to, violation) in [
        ("scopes=", "scope=", "unknown parameter scope"),
        ("=S256", "=plain", "not S256"),
        (CHALLENGE, "abc", "43 characters"),
        ("127.0.0.1%3A54321", "localhost%3A54321", "redirect_uri"),
        ("%2Foauth%2Fcallback", "%2Fother", "another path"),
        ("%3A54321", "", "redirect_uri is not"),
        ("&state=11111111-2222-4333-8444-555555555555", "", "state is missing"),
        ("sso%3Aaccount%3Aaccess", "sso%3Aaccount%3Aadmin", "not registered"),
        ("response_type=code", "response_type=token", "response_type"),
    ] {
        let url = good.replacen(from, to, 1);
        assert_ne!(url, good);
        assert_eq!(request("GET", &url, &[], None).unwrap().status, 400, "{url}");
        ic.expect_violation(violation);
    }
    ic.assert_clean();
}

#[test]
fn clients_may_do_what_they_registered_for() {
    let ic = IdentityCenter::start();
    let device = register(&ic, &device_registration());
    let body = code_request(&device, "x");
    assert_eq!(error(&post(&ic.url(), "/token", &body)), "unauthorized_client");
    ic.expect_violation("not registered for authorization_code");
    let pkce = register(&ic, &pkce_registration(&ic));
    let start = json!({"clientId": pkce.0, "clientSecret": pkce.1, "startUrl": ic.start_url()});
    assert_eq!(error(&post(&ic.url(), "/device_authorization", &start)), "unauthorized_client");
    ic.expect_violation("registered for other grants");
    ic.assert_clean();
}

#[test]
fn expired_registrations_and_revoked_tokens() {
    let ic = IdentityCenter::start();
    let session = ic.session();
    let client = (session.client_id, session.client_secret);
    let refresh = session.refresh_token.unwrap();
    ic.revoke_refresh_tokens();
    let page = post(&ic.url(), "/token", &refresh_request(&client, &refresh));
    assert_eq!(error(&page), "invalid_grant");
    ic.assert_clean();
    ic.expire_registrations();
    let page = post(&ic.url(), "/token", &refresh_request(&client, &refresh));
    assert_eq!((page.status, error(&page).as_str()), (401, "invalid_client"));
    ic.expect_violation("expired registration used");
}

#[test]
fn registrations_are_read_strictly() {
    let ic = IdentityCenter::start();
    let good = pkce_registration(&ic);
    for (field, value, code) in [
        ("clientType", json!("confidential"), "invalid_client_metadata"),
        ("scopes", json!("sso:account:access"), "invalid_request"),
        ("scopes", json!(["openid"]), "invalid_scope"),
        ("grantTypes", json!(["password"]), "unsupported_grant_type"),
        ("redirectUris", json!(["http://localhost/oauth/callback"]), "invalid_redirect_uri"),
        ("client_name", json!("x"), "invalid_request"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(error(&post(&ic.url(), "/client/register", &body)), code, "{field}");
        ic.expect_violation("RegisterClient");
    }
    ic.assert_clean();
}

#[test]
fn a_wrong_region_or_start_url_answers_with_nothing_said() {
    let ic = IdentityCenter::builder().region("eu-central-1").build();
    let elsewhere = ic.region_url("us-east-1");
    let silent = |base: &str, body: &serde_json::Value| {
        let page = post(base, "/client/register", body);
        assert_eq!((page.status, error(&page).as_str()), (400, "invalid_request"));
        assert_eq!(page.json()["error_description"], "");
    };
    silent(&elsewhere, &pkce_registration(&ic));
    for tail in ["/", "#", "#/"] {
        let mut body = pkce_registration(&ic);
        body["issuerUrl"] = json!(format!("{}{tail}", ic.start_url()));
        silent(&ic.url(), &body);
    }
    assert_eq!(post(&elsewhere, "/client/register", &device_registration()).status, 200);
    ic.assert_clean();
}

#[test]
fn no_refresh_token_when_there_is_to_be_none() {
    let ic = IdentityCenter::start();
    ic.lifetimes(Lifetimes {
        refresh_token: None,
        access_token: Duration::from_hours(8),
        ..Lifetimes::default()
    });
    let client = register(&ic, &pkce_registration(&ic));
    let answer = post(&ic.url(), "/token", &code_request(&client, &code(&ic, &client.0))).json();
    assert!(answer["refreshToken"].is_null());
    assert_eq!(answer["expiresIn"], 28800);
}

#[test]
fn a_person_may_deny() {
    let ic = IdentityCenter::builder().auto_approve(false).build();
    let client = register(&ic, &pkce_registration(&ic));
    let url = authorize_url(&ic, &client.0);
    let page = ic.browse(&url);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Deny"));
    let (address, query) = url.split_once('?').unwrap();
    for (decision, expected) in [("deny", "error=access_denied"), ("approve", "code=")] {
        let body = format!("{query}&decision={decision}");
        let page = request("POST", address, &[], Some(&body)).unwrap();
        let location = page.header("location").unwrap();
        assert!(location.contains(expected), "{location}");
        assert!(location.ends_with("state=11111111-2222-4333-8444-555555555555"));
    }
    ic.assert_clean();
}

#[test]
fn a_denial_can_be_ordered() {
    let ic = IdentityCenter::start();
    let client = register(&ic, &pkce_registration(&ic));
    ic.script(Operation::Authorize, [Reply::Denied]);
    let page = request("GET", &authorize_url(&ic, &client.0), &[], None).unwrap();
    let location = page.header("location").unwrap();
    assert!(location.starts_with("http://127.0.0.1:54321/oauth/callback?error=access_denied&"));
    assert_eq!(ic.browse(&format!("{}/favicon.ico", ic.url())).status, 404);
    ic.assert_clean();
}
