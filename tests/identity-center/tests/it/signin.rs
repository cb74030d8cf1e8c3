//! Console sign-in: hand-made requests, and boto3 with `awscrt`.

use crate::clients::{command, missing, run};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use identity_center::browser::{Page, request};
use identity_center::{IdentityCenter, Lifetimes, Operation, Reply, Trust};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const JANE: &str = "arn:aws:iam::111122223333:user/team/jane";
const SAME: &str = "arn:aws:signin:::devtools/same-device";
const CROSS: &str = "arn:aws:signin:::devtools/cross-device";
const REDIRECT: &str = "http://127.0.0.1:54321/oauth/callback";
const STATE: &str = "11111111-2222-4333-8444-555555555555";
// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A client with a key.
struct Client {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn escape(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

impl Client {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self { key: EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).unwrap(), random }
    }

    /// A proof; `change` spoils it before it is signed.
    fn proof(&self, url: &str, change: impl Fn(&mut Value, &mut Value)) -> String {
        let point = self.key.public_key().as_ref();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let jwk = json!({"kty": "EC", "x": encode(&point[1..33]), "y": encode(&point[33..]), "crv": "P-256"});
        let mut header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let mut claims =
            json!({"htm": "POST", "htu": format!("{url}/v1/token"), "iat": now, "jti": jti()});
        change(&mut header, &mut claims);
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.key.sign(&self.random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", encode(signature))
    }

    fn send(&self, url: &str, body: &Value) -> Page {
        send(url, &self.proof(url, |_, _| {}), body)
    }
}

fn jti() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    encode(bytes)
}

fn send(url: &str, proof: &str, body: &Value) -> Page {
    let headers = [("Content-Type", "application/json"), ("DPoP", proof)];
    request("POST", &format!("{url}/v1/token"), &headers, Some(&body.to_string())).unwrap()
}

fn authorize_url(ic: &IdentityCenter, client: &str, redirect: &str) -> String {
    format!(
        "{}/v1/authorize?response_type=code&client_id={}&state={STATE}&code_challenge_method=SHA-256&scope=openid\
         &redirect_uri={}&code_challenge={CHALLENGE}",
        ic.url(),
        escape(client),
        escape(redirect)
    )
}

/// A code of a login that the person approved.
fn code(ic: &IdentityCenter) -> String {
    let page = request("GET", &authorize_url(ic, SAME, REDIRECT), &[], None).unwrap();
    let location = page.header("location").unwrap();
    let rest = location.strip_prefix(&format!("{REDIRECT}?code=")).unwrap();
    let (code, state) = rest.split_once("&state=").unwrap();
    assert_eq!(state, STATE);
    code.to_owned()
}

fn exchange(code: &str) -> Value {
    json!({"clientId": SAME, "grantType": "authorization_code", "code": code, "codeVerifier": VERIFIER, "redirectUri": REDIRECT})
}

fn refresh(token: &Value) -> Value {
    json!({"clientId": SAME, "grantType": "refresh_token", "refreshToken": token})
}

fn reason(page: &Page) -> String {
    page.json()["error"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_login_and_two_refreshes() {
    let ic = IdentityCenter::start();
    let client = Client::new();
    let first = client.send(&ic.url(), &exchange(&code(&ic))).json();
    assert_eq!(first["expiresIn"], 900);
    let claims = first["idToken"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["sub"], JANE);
    let second = client.send(&ic.url(), &refresh(&first["refreshToken"])).json();
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    assert_eq!(second["idToken"], Value::Null);
    assert_eq!(client.send(&ic.url(), &refresh(&second["refreshToken"])).status, 200);
    let secrets = ic.issued_secrets();
    for name in ["secretAccessKey", "sessionToken"] {
        assert!(secrets.iter().any(|secret| first["accessToken"][name] == secret.as_str()));
    }
    ic.assert_clean();
    assert_eq!(client.send(&ic.url(), &refresh(&first["refreshToken"])).status, 400);
    ic.expect_violation("refresh token sent twice");
}

#[test]
fn proofs_are_checked() {
    type Change = fn(&mut Value, &mut Value);
    let ic = IdentityCenter::start();
    let client = Client::new();
    let changes: [(&str, Change); 9] = [
        ("typ or alg", |header, _| header["typ"] = json!("JWT")),
        ("typ or alg", |header, _| header["alg"] = json!("ES384")),
        ("not exactly kty", |header, _| header["jwk"]["kid"] = json!("x")),
        ("has not 32 bytes", |header, _| header["jwk"]["x"] = json!(encode([1; 31]))),
        ("the signature", |header, _| header["jwk"]["x"] = json!(encode([1; 32]))),
        ("htu is", |_, claims| {
            claims["htu"] = json!("https://us-east-1.signin.aws.amazon.com/v1/token");
        }),
        ("htm", |_, claims| claims["htm"] = json!("GET")),
        ("iat is not an integer", |_, claims| claims["iat"] = json!("1")),
        ("not exactly htm", |_, claims| claims["nonce"] = json!("1")),
    ];
    for (violation, change) in changes {
        let proof = client.proof(&ic.url(), change);
        let page = send(&ic.url(), &proof, &exchange(&code(&ic)));
        assert_eq!((page.status, reason(&page).as_str()), (400, "INVALID_REQUEST"), "{violation}");
        ic.expect_violation(violation);
    }
    let proof = client.proof(&ic.url(), |_, _| {});
    let first = send(&ic.url(), &proof, &exchange(&code(&ic))).json();
    assert_eq!(send(&ic.url(), &proof, &refresh(&first["refreshToken"])).status, 400);
    ic.expect_violation("a proof sent twice");
    let late = client.proof(&ic.url(), |_, claims| claims["iat"] = json!(1_700_000_000));
    assert_eq!(send(&ic.url(), &late, &refresh(&first["refreshToken"])).status, 400);
    ic.assert_clean();
    assert_eq!(Client::new().send(&ic.url(), &refresh(&first["refreshToken"])).status, 400);
    ic.expect_violation("another key than the one of the login");
    let none = request("POST", &format!("{}/v1/token", ic.url()), &[], Some("{}")).unwrap();
    assert_eq!(none.status, 400);
    ic.expect_violation("Content-Type");
    ic.assert_clean();
}

#[test]
fn codes_and_their_region() {
    let ic = IdentityCenter::start();
    let client = Client::new();
    for (field, value, violation) in [
        ("codeVerifier", "x".repeat(43), "codeVerifier does not fit"),
        ("codeVerifier", "short".to_owned(), "codeVerifier is not 43"),
        ("redirectUri", "http://127.0.0.1:1/oauth/callback".to_owned(), "redirectUri differs"),
        ("clientId", CROSS.to_owned(), "belongs to another client"),
        ("code", "other".to_owned(), "unknown authorization code"),
        ("grantType", "password".to_owned(), "the grant type does not exist"),
        ("scope", "openid".to_owned(), "unknown field scope"),
    ] {
        let mut body = exchange(&code(&ic));
        body[field] = json!(value);
        assert_eq!(client.send(&ic.url(), &body).status, 400, "{field}");
        ic.expect_violation(violation);
    }
    let once = exchange(&code(&ic));
    assert_eq!(client.send(&ic.url(), &once).status, 200);
    assert_eq!(client.send(&ic.url(), &once).status, 400);
    ic.expect_violation("authorization code used twice");
    let elsewhere = ic.region_url("eu-west-1");
    let page = client.send(&elsewhere, &exchange(&code(&ic)));
    assert_eq!((page.status, reason(&page).as_str()), (400, "INVALID_REQUEST"));
    ic.lifetimes(Lifetimes { authorization_code: Duration::ZERO, ..Lifetimes::default() });
    assert_eq!(reason(&client.send(&ic.url(), &exchange(&code(&ic)))), "AUTHCODE_EXPIRED");
    ic.assert_clean();
}

#[test]
fn sessions_end() {
    let ic = IdentityCenter::start();
    let client = Client::new();
    let first = client.send(&ic.url(), &exchange(&code(&ic))).json();
    ic.end_console_sessions();
    let page = client.send(&ic.url(), &refresh(&first["refreshToken"]));
    assert_eq!((page.status, reason(&page).as_str()), (401, "TOKEN_EXPIRED"));
    assert_eq!(page.header("x-amzn-errortype"), Some("AccessDeniedException"));
    ic.script(Operation::CreateOAuth2Token, [Reply::Status(500), Reply::Drop]);
    let token = client.send(&ic.url(), &exchange(&code(&ic)));
    assert_eq!((token.status, reason(&token).as_str()), (500, "server_error"));
    ic.assert_clean();
}

#[test]
fn authorize_pages_are_checked() {
    let ic = IdentityCenter::start();
    let good = authorize_url(&ic, SAME, REDIRECT);
    for (from, to, violation) in [
        ("scope=", "scopes=", "unknown parameter scopes"),
        ("SHA-256", "S256", "code_challenge_method is not SHA-256"),
        (CHALLENGE, "abc", "43 characters"),
        ("127%2E0%2E0%2E1%3A54321", "localhost%3A54321", "redirect_uri"),
        ("%2Foauth%2Fcallback", "%2Fother", "redirect_uri"),
        ("same%2Ddevice", "cross%2Ddevice", "redirect_uri"),
        ("same%2Ddevice", "other", "client_id"),
        (STATE, "", "state is missing"),
        ("openid", "profile", "scope is not openid"),
    ] {
        let url = good.replacen(from, to, 1);
        assert_ne!(url, good, "{from}");
        assert_eq!(request("GET", &url, &[], None).unwrap().status, 400, "{url}");
        ic.expect_violation(violation);
    }
    ic.script(Operation::SigninAuthorize, [Reply::Denied]);
    let page = request("GET", &good, &[], None).unwrap();
    assert!(page.header("location").unwrap().contains("?error=access_denied&state="));
    ic.assert_clean();
}

#[test]
fn a_login_on_another_device() {
    let ic = IdentityCenter::start();
    let redirect = format!("{}/v1/sessions/confirmation", ic.url());
    let page = ic.browse(&authorize_url(&ic, CROSS, &redirect));
    let shown = page.body.split_once("<output>").unwrap().1.split_once('<').unwrap().0;
    let shown = String::from_utf8(BASE64_STANDARD.decode(shown).unwrap()).unwrap();
    let code = shown.strip_prefix(&format!("state={STATE}&code=")).unwrap();
    let mut body = exchange(code);
    body["clientId"] = json!(CROSS);
    body["redirectUri"] = json!(redirect);
    assert_eq!(Client::new().send(&ic.url(), &body).status, 200);
    ic.assert_clean();
}

const SCRIPT: &str = r#"
import boto3, json
said = [boto3.Session(profile_name=p).client("sts").get_caller_identity()["Arn"] for p in ("con", "con", "deploy")]
print(json.dumps(said))
"#;

#[test]
fn boto3_refreshes_a_console_login() {
    let Some(python) = crate::boto3::python_with("boto3, awscrt") else {
        return missing("boto3");
    };
    let ic = IdentityCenter::start();
    ic.add_iam_role(
        "arn:aws:iam::444455556666:role/Deploy",
        Trust::anyone().account("111122223333"),
    );
    let home = tempfile::tempdir().unwrap();
    let session = ic.console_session(JANE, "us-east-1", -60);
    let cache = home.path().join(".aws/login/cache");
    std::fs::create_dir_all(&cache).unwrap();
    std::fs::write(cache.join(&session.file_name), session.text()).unwrap();
    let config = format!(
        "[profile con]\nlogin_session = {JANE}\nregion = us-east-1\n\
         [profile deploy]\nrole_arn = arn:aws:iam::444455556666:role/Deploy\nsource_profile = con\nregion = us-east-1\n"
    );
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    let text = run(command(&python, home.path()).args(["-c", SCRIPT]).envs(ic.env()));
    let said: Vec<String> = serde_json::from_str(&text).unwrap();
    assert_eq!(said[..2], [JANE, JANE]);
    assert!(said[2].starts_with("arn:aws:sts::444455556666:assumed-role/Deploy/"));
    assert_eq!(ic.count(Operation::CreateOAuth2Token), 1);
    ic.assert_clean();
}
