use crate::api::*;
use identity_center::{IdentityCenter, Operation, Reply};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The raw answer to a request, and whether the connection then ended.
fn raw(ic: &IdentityCenter, token: &str) -> String {
    let host = ic.url().replace("http://", "");
    let mut stream = TcpStream::connect(&host).unwrap();
    write!(
        stream,
        "GET /assignment/accounts HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nx-amz-sso_bearer_token: {token}\r\n\r\n"
    )
    .unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn length(raw: &str) -> (usize, usize) {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let line = head
        .lines()
        .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    (line.unwrap().parse().unwrap(), body.len())
}

#[test]
fn broken_connections() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "Production", "", &["Admin"]);
    let token = ic.session().access_token;
    let op = Operation::ListAccounts;

    ic.script(op, [Reply::Drop, Reply::LostAnswer]);
    assert_eq!(raw(&ic, &token), "");
    assert_eq!(raw(&ic, &token), "");
    assert!(ic.requests().iter().all(|l| l.status == 0));

    ic.script(op, [Reply::ResetMidBody]);
    let (announced, sent) = length(&raw(&ic, &token));
    assert!(sent > 0 && sent < announced, "{sent} of {announced}");

    ic.script(op, [Reply::Truncated]);
    let text = raw(&ic, &token);
    let (announced, sent) = length(&text);
    assert_eq!(announced, sent);
    assert!(
        serde_json::from_str::<serde_json::Value>(text.split("\r\n\r\n").nth(1).unwrap()).is_err()
    );

    ic.script(op, [Reply::SlowLoris(Duration::from_millis(2))]);
    let start = Instant::now();
    let (announced, sent) = length(&raw(&ic, &token));
    assert_eq!(announced, sent);
    assert!(start.elapsed() > Duration::from_millis(100));
    ic.assert_clean();
}

#[test]
fn ordered_answers_come_in_turn_then_the_standing_one() {
    let ic = IdentityCenter::start();
    let token = ic.session().access_token;
    let op = Operation::ListAccounts;
    ic.script(op, [Reply::Status(500), Reply::Normal, Reply::StatusRetryAfter(503, 7)]);
    ic.always(op, Some(Reply::CaptivePortal));
    let ask = || get(&ic, &token, "/assignment/accounts");
    assert_eq!(ask().status, 500);
    assert_eq!(ask().status, 200);
    let page = ask();
    assert_eq!((page.status, page.header("retry-after")), (503, Some("7")));
    assert_eq!(ask().header("content-type"), Some("text/html"));
    assert_eq!(ask().header("content-type"), Some("text/html"));
    ic.always(op, None);
    assert!(ask().json()["accountList"].is_array());
    ic.script(op, [Reply::Delay(Duration::from_millis(120), Some(Box::new(Reply::Garbage)))]);
    let start = Instant::now();
    let page = ask();
    assert!(start.elapsed() >= Duration::from_millis(120));
    assert!(page.status == 200 && page.json().is_null());
    let log: Vec<u16> = ic.requests().iter().map(|l| l.status).collect();
    assert_eq!(log, [500, 200, 503, 200, 200, 200, 200]);
}

#[test]
fn ordered_answers_do_not_hide_bad_requests() {
    let ic = IdentityCenter::start();
    ic.script(Operation::ListAccounts, [Reply::Status(500)]);
    assert_eq!(get(&ic, "x", "/assignment/accounts?nextToken=1").status, 500);
    ic.expect_violation("unknown query parameter nextToken");
}

#[test]
fn oauth_errors_with_and_without_the_header() {
    let ic = IdentityCenter::start();
    let op = Operation::RegisterClient;
    let without = Reply::NoErrorTypeHeader(Box::new(Reply::Pending));
    ic.script(op, [Reply::Pending, without, Reply::InvalidRequestEmpty]);
    let ask = || post(&ic.url(), "/client/register", &device_registration());
    let page = ask();
    assert_eq!(
        page.header("x-amzn-errortype"),
        Some(
            "AuthorizationPendingException:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"
        )
    );
    let page = ask();
    assert_eq!(
        (error(&page).as_str(), page.header("x-amzn-errortype")),
        ("authorization_pending", None)
    );
    assert_eq!(ask().json()["error_description"], "");
    ic.assert_clean();
}

#[test]
fn a_client_that_goes_away_is_no_longer_under_way() {
    let ic = IdentityCenter::start();
    ic.latency(Duration::from_mins(1));
    let host = ic.url().replace("http://", "");
    let mut stream = TcpStream::connect(&host).unwrap();
    write!(stream, "GET /assignment/accounts HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    while ic.max_in_flight() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stream);
    let start = Instant::now();
    while ic.max_in_flight() > 0 {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(5));
        ic.clear_requests();
    }
}

#[test]
fn the_clock_can_be_wrong() {
    let ic = IdentityCenter::start();
    ic.clock_skew(-3600);
    let page = get(&ic, &ic.session().access_token, "/assignment/accounts");
    let date = jiff::fmt::rfc2822::parse(page.header("date").unwrap()).unwrap().timestamp();
    let off = jiff::Timestamp::now().duration_since(date).as_secs();
    assert!((3599..=3602).contains(&off), "{off}");
}

#[test]
fn normal_answers_can_be_changed() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "Production", "", &["Admin"]);
    let token = ic.session().access_token;
    let patch = serde_json::json!({"roleCredentials": {"expiration": 7, "sessionToken": null}, "more": [1]});
    ic.script(Operation::GetRoleCredentials, [Reply::Patch(patch)]);
    let address = "/federation/credentials?role_name=Admin&account_id=111122223333";
    let answer = get(&ic, &token, address).json();
    assert_eq!(answer["roleCredentials"]["expiration"], 7);
    assert!(answer["roleCredentials"].get("sessionToken").is_none());
    assert!(answer["roleCredentials"]["accessKeyId"].is_string());
    assert_eq!(answer["more"][0], 1);
}
