//! Requests as a correct client makes them, for tests that change one thing.

use identity_center::browser::{Page, request};
use identity_center::{IdentityCenter, sigv4};
use serde_json::{Value, json};

pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const REDIRECT: &str = "http://127.0.0.1:54321/oauth/callback";

pub fn post(base: &str, path: &str, body: &Value) -> Page {
    let headers = [("Content-Type", "application/json")];
    request("POST", &format!("{base}{path}"), &headers, Some(&body.to_string())).unwrap()
}

/// The OAuth error of an answer.
pub fn error(page: &Page) -> String {
    page.json()["error"].as_str().unwrap_or_default().to_owned()
}

pub fn pkce_registration(ic: &IdentityCenter) -> Value {
    json!({
        "clientName": "test", "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": ic.start_url(), "scopes": ["sso:account:access"],
    })
}

pub fn device_registration() -> Value {
    json!({"clientName": "test", "clientType": "public", "scopes": ["sso:account:access"]})
}

pub fn register(ic: &IdentityCenter, body: &Value) -> (String, String) {
    let page = post(&ic.url(), "/client/register", body);
    assert_eq!(page.status, 200, "{}", page.body);
    let answer = page.json();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("clientId"), text("clientSecret"))
}

pub fn authorize_url(ic: &IdentityCenter, client: &str) -> String {
    format!(
        "{}/authorize?response_type=code&client_id={client}&redirect_uri=http%3A%2F%2F127.0.0.1%3A54321\
         %2Foauth%2Fcallback&state=11111111-2222-4333-8444-555555555555&code_challenge_method=S256\
         &scopes=sso%3Aaccount%3Aaccess&code_challenge={CHALLENGE}",
        ic.url()
    )
}

/// Opens the authorize page without following the redirect, and returns the code.
pub fn code(ic: &IdentityCenter, client: &str) -> String {
    let page = request("GET", &authorize_url(ic, client), &[], None).unwrap();
    assert_eq!(page.status, 302, "{}", page.body);
    let location = page.header("location").unwrap();
    let rest = location.strip_prefix(&format!("{REDIRECT}?code=")).unwrap();
    let (code, state) = rest.split_once("&state=").unwrap();
    assert_eq!(state, "11111111-2222-4333-8444-555555555555");
    code.to_owned()
}

pub fn code_request(client: &(String, String), code: &str) -> Value {
    json!({
        "grantType": "authorization_code", "clientId": client.0, "clientSecret": client.1,
        "redirectUri": REDIRECT, "codeVerifier": VERIFIER, "code": code,
    })
}

pub fn refresh_request(client: &(String, String), token: &str) -> Value {
    json!({
        "grantType": "refresh_token", "clientId": client.0, "clientSecret": client.1,
        "refreshToken": token,
    })
}

pub fn get(ic: &IdentityCenter, token: &str, path: &str) -> Page {
    let headers = [("x-amz-sso_bearer_token", token)];
    request("GET", &format!("{}{path}", ic.url()), &headers, None).unwrap()
}

/// A key pair as a client holds it.
#[derive(Clone, Debug)]
pub struct Keys {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

pub fn role_keys(ic: &IdentityCenter, account: &str, role: &str) -> Keys {
    let session = ic.session();
    let path = format!("/federation/credentials?role_name={role}&account_id={account}");
    let page = get(ic, &session.access_token, &path);
    assert_eq!(page.status, 200, "{}", page.body);
    let keys = page.json()["roleCredentials"].clone();
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    Keys {
        id: text("accessKeyId"),
        secret: text("secretAccessKey"),
        token: Some(text("sessionToken")),
    }
}

/// Signs and sends an STS request; `shift` moves the clock of the client.
pub fn sts(ic: &IdentityCenter, keys: &Keys, body: &str, shift: i64) -> Page {
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(shift);
    let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let host = ic.url().replace("http://", "");
    let mut headers = vec![
        ("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
        ("host".to_owned(), host),
        ("x-amz-date".to_owned(), date.clone()),
    ];
    if let Some(token) = &keys.token {
        headers.push(("x-amz-security-token".to_owned(), token.clone()));
    }
    let mut authorization = sigv4::Authorization {
        access_key: keys.id.clone(),
        date: date[..8].to_owned(),
        region: "us-east-1".to_owned(),
        service: "sts".to_owned(),
        signed_headers: headers.iter().map(|(n, _)| n.clone()).collect(),
        signature: String::new(),
    };
    let signed = sigv4::Request {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers,
        body: body.as_bytes(),
    };
    authorization.signature = sigv4::signature(&signed, &authorization, &keys.secret);
    let text = format!(
        "AWS4-HMAC-SHA256 Credential={}/{}/us-east-1/sts/aws4_request, SignedHeaders={}, Signature={}",
        keys.id,
        authorization.date,
        authorization.signed_headers.join(";"),
        authorization.signature
    );
    headers.push(("authorization".to_owned(), text));
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    request("POST", &ic.url(), &headers, Some(body)).unwrap()
}

/// The text of an XML element.
pub fn element(page: &Page, name: &str) -> String {
    let open = format!("<{name}>");
    let start = page.body.find(&open).map(|i| i + open.len());
    let end = page.body.find(&format!("</{name}>"));
    match (start, end) {
        (Some(start), Some(end)) => page.body[start..end].to_owned(),
        _ => panic!("no {name} in {}", page.body),
    }
}
