use crate::api::*;
use identity_center::browser::{Page, request};
use identity_center::{IdentityCenter, Trust};
use serde_json::json;

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn federation(ic: &IdentityCenter, query: &str) -> Page {
    request("GET", &format!("{}/federation?{query}", ic.url()), &[], None).unwrap()
}

fn signin(ic: &IdentityCenter, keys: &Keys, extra: &str) -> Page {
    let session =
        json!({"sessionId": keys.id, "sessionKey": keys.secret, "sessionToken": keys.token});
    federation(
        ic,
        &format!("Action=getSigninToken{extra}&Session={}", encode(&session.to_string())),
    )
}

#[test]
fn a_token_opens_the_console_once() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "P", "", &["Admin"]);
    let keys = role_keys(&ic, "111122223333", "Admin");
    let answer = signin(&ic, &keys, "&SessionDuration=43200").json();
    let token = encode(answer["SigninToken"].as_str().unwrap());
    let login = |destination: &str| {
        federation(
            &ic,
            &format!(
                "Action=login&Issuer=&Destination={}&SigninToken={token}",
                encode(destination)
            ),
        )
    };
    let page = login("https://console.aws.amazon.com/?region=eu-west-1");
    assert_eq!(page.header("location"), Some("https://console.aws.amazon.com/?region=eu-west-1"));
    ic.assert_clean();
    assert_eq!(login("https://console.aws.amazon.com/").status, 400);
    ic.expect_violation("sign-in token");
    assert_eq!(login("http://console.aws.amazon.com/").status, 400);
    ic.expect_violation("not an https address");
}

#[test]
fn wrong_sessions_are_refused() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "P", "", &["Admin"]);
    let keys = role_keys(&ic, "111122223333", "Admin");
    assert_eq!(signin(&ic, &Keys { secret: "x".to_owned(), ..keys.clone() }, "").status, 400);
    ic.assert_clean();
    assert_eq!(signin(&ic, &keys, "&SessionDuration=60").status, 400);
    ic.expect_violation("SessionDuration");
    let wrong = encode(&json!({"accessKeyId": keys.id}).to_string());
    assert_eq!(federation(&ic, &format!("Action=getSigninToken&Session={wrong}")).status, 400);
    ic.expect_violation("Session has no text sessionId");
    ic.expire_role_credentials();
    assert_eq!(signin(&ic, &keys, "").status, 400);
    ic.assert_clean();
}

#[test]
fn chained_credentials_take_no_duration() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "P", "", &["Admin"]);
    ic.add_iam_role("arn:aws:iam::444455556666:role/Deploy", Trust::anyone());
    let body = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn:aws:iam::444455556666:role/Deploy";
    let page = sts(&ic, &role_keys(&ic, "111122223333", "Admin"), body, 0);
    let keys = Keys {
        id: element(&page, "AccessKeyId"),
        secret: element(&page, "SecretAccessKey"),
        token: Some(element(&page, "SessionToken")),
    };
    assert_eq!(signin(&ic, &keys, "&SessionDuration=3600").status, 400);
    assert_eq!(signin(&ic, &keys, "").status, 200);
    ic.assert_clean();
}
