use crate::api::*;
use identity_center::browser::request;
use identity_center::{IdentityCenter, Lifetimes, Operation, Reply};
use serde_json::{Value, json};
use std::time::Duration;

fn start(ic: &IdentityCenter) -> (Value, Value) {
    let client = register(ic, &device_registration());
    let body = json!({"clientId": client.0, "clientSecret": client.1, "startUrl": ic.start_url()});
    let answer = post(&ic.url(), "/device_authorization", &body).json();
    let poll = json!({
        "grantType": "urn:ietf:params:oauth:grant-type:device_code",
        "clientId": client.0, "clientSecret": client.1, "deviceCode": answer["deviceCode"],
    });
    (answer, poll)
}

fn poll(ic: &IdentityCenter, body: &Value) -> String {
    let page = post(&ic.url(), "/token", body);
    if page.status == 200 { "ok".to_owned() } else { error(&page) }
}

#[test]
fn approves_by_itself_after_one_poll() {
    let ic = IdentityCenter::start();
    let (answer, body) = start(&ic);
    assert_eq!((&answer["interval"], &answer["expiresIn"]), (&json!(1), &json!(600)));
    let code = answer["userCode"].as_str().unwrap();
    assert!(code.len() == 9 && code.as_bytes()[4] == b'-');
    assert_eq!(poll(&ic, &body), "authorization_pending");
    assert_eq!(poll(&ic, &body), "ok");
    ic.assert_clean();
    assert_eq!(poll(&ic, &body), "invalid_grant");
    ic.expect_violation("device code used twice");
}

#[test]
fn approves_when_the_page_is_opened() {
    let ic = IdentityCenter::start();
    let (answer, body) = start(&ic);
    let page = ic.browse(answer["verificationUriComplete"].as_str().unwrap());
    assert_eq!(page.status, 200);
    assert_eq!(poll(&ic, &body), "ok");
    ic.assert_clean();
}

#[test]
fn a_person_decides() {
    let ic = IdentityCenter::builder().auto_approve(false).build();
    ic.lifetimes(Lifetimes { interval: Duration::from_millis(20), ..Lifetimes::default() });
    ic.add_account("111122223333", "Production", "", &["Admin", "ReadOnly"]);
    let (answer, body) = start(&ic);
    let code = answer["userCode"].as_str().unwrap();
    let page = ic.browse(answer["verificationUriComplete"].as_str().unwrap());
    for text in [code, "Approve", "Deny", "1 accounts with 2 roles"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert_eq!(poll(&ic, &body), "authorization_pending");
    assert_eq!(ic.open_user_codes(), [code]);
    ic.deny(code);
    assert_eq!(poll(&ic, &body), "access_denied");

    let (answer, body) = start(&ic);
    let form = format!("user_code={}&decision=approve", answer["userCode"].as_str().unwrap());
    let url = answer["verificationUri"].as_str().unwrap();
    assert_eq!(request("POST", url, &[], Some(&form)).unwrap().status, 200);
    assert_eq!(poll(&ic, &body), "ok");
    ic.assert_clean();
}

#[test]
fn impatience_is_answered_with_slow_down() {
    let ic = IdentityCenter::builder().auto_approve(false).build();
    let (_, body) = start(&ic);
    let answers: Vec<String> = (0..4).map(|_| poll(&ic, &body)).collect();
    assert_eq!(
        answers,
        ["authorization_pending", "authorization_pending", "slow_down", "slow_down"]
    );
    ic.expect_violation("polls on too fast after slow_down");
}

#[test]
fn polls_at_the_interval_are_fine() {
    let ic = IdentityCenter::builder().auto_approve(false).build();
    ic.lifetimes(Lifetimes { interval: Duration::from_millis(100), ..Lifetimes::default() });
    let (_, body) = start(&ic);
    for _ in 0..4 {
        assert_eq!(poll(&ic, &body), "authorization_pending");
        std::thread::sleep(Duration::from_millis(90));
    }
    ic.assert_clean();
}

#[test]
fn an_ordered_slow_down_lengthens_the_interval() {
    let ic = IdentityCenter::start();
    let (_, body) = start(&ic);
    ic.script(Operation::CreateToken, [Reply::Pending, Reply::SlowDown]);
    assert_eq!(poll(&ic, &body), "authorization_pending");
    assert_eq!(poll(&ic, &body), "slow_down");
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(poll(&ic, &body), "slow_down");
}

#[test]
fn codes_expire() {
    let ic = IdentityCenter::start();
    ic.lifetimes(Lifetimes { device_code: Duration::ZERO, ..Lifetimes::default() });
    let (_, body) = start(&ic);
    assert_eq!(poll(&ic, &body), "expired_token");
    ic.assert_clean();
}

#[test]
fn the_wrong_region_or_start_url_answers_with_nothing_said() {
    let ic = IdentityCenter::start();
    let elsewhere = ic.region_url("eu-west-1");
    let silent = |base: &str, url: &str| {
        let client = post(base, "/client/register", &device_registration()).json();
        let body = json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"], "startUrl": url});
        let page = post(base, "/device_authorization", &body);
        assert_eq!((page.status, error(&page).as_str()), (400, "invalid_request"));
        assert_eq!(page.json()["error_description"], "");
    };
    silent(&elsewhere, &ic.start_url());
    silent(&ic.url(), &format!("{}/", ic.start_url()));
    ic.assert_clean();
}
