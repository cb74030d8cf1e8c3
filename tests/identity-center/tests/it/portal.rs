use crate::api::*;
use identity_center::browser::request;
use identity_center::{IdentityCenter, Operation};
use serde_json::Value;
use std::time::Duration;

fn code(page: &identity_center::browser::Page) -> (u16, String) {
    let kind = page.json()["__type"].as_str().unwrap_or_default().to_owned();
    (page.status, kind.rsplit('#').next().unwrap_or_default().to_owned())
}

#[test]
fn lists_come_in_pages() {
    let ic = IdentityCenter::start();
    ic.page_size(2);
    for n in 0..5 {
        let id = format!("{n:012}");
        ic.add_account(&id, if n == 0 { "" } else { "Name" }, "", &["A", "B", "C"]);
    }
    let token = ic.session().access_token;
    let (mut rows, mut pages, mut next) = (Vec::new(), 0, String::new());
    loop {
        let page = get(&ic, &token, &format!("/assignment/accounts{next}")).json();
        rows.extend(page["accountList"].as_array().unwrap().clone());
        pages += 1;
        let Some(token) = page["nextToken"].as_str() else {
            break;
        };
        assert!(token.contains(['+', '/', '=']));
        next = format!(
            "?next_token={}",
            token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
        );
    }
    assert_eq!((rows.len(), pages), (5, 3));
    assert_eq!(rows[0], serde_json::json!({"accountId": "000000000000"}));
    assert_eq!(rows[1]["accountName"], "Name");
    let page = get(&ic, &token, "/assignment/roles?account_id=000000000001&max_result=1").json();
    assert_eq!(
        page["roleList"][0],
        serde_json::json!({"roleName": "A", "accountId": "000000000001"})
    );
    assert!(page["nextToken"].is_string());
    ic.assert_clean();
}

#[test]
fn query_names_are_exact() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "P", "", &["Admin"]);
    let token = ic.session().access_token;
    for (path, violation) in [
        ("/assignment/accounts?maxResults=5", "unknown query parameter maxResults"),
        ("/assignment/accounts?max_results=5", "unknown query parameter max_results"),
        ("/assignment/accounts?max_result=101", "max_result is not between"),
        ("/assignment/accounts?max_result=0", "max_result is not between"),
        ("/assignment/accounts?next_token=abc", "next_token is not one"),
        ("/assignment/accounts?next_token=", "next_token is empty"),
        ("/assignment/roles", "account_id is missing"),
        ("/assignment/roles?accountId=111122223333", "unknown query parameter accountId"),
        ("/federation/credentials?role_name=Admin&account_id=1", "twelve digits"),
        ("/federation/credentials?account_id=111122223333", "role_name is missing"),
    ] {
        let page = get(&ic, &token, path);
        assert_eq!(code(&page), (400, "InvalidRequestException".to_owned()), "{path}");
        ic.expect_violation(violation);
    }
    let url = format!("{}/assignment/accounts", ic.url());
    assert_eq!(request("GET", &url, &[("Authorization", "Bearer x")], None).unwrap().status, 400);
    ic.expect_violation("authorization");
    assert_eq!(request("GET", &url, &[], None).unwrap().status, 401);
    ic.expect_violation("0 x-amz-sso_bearer_token headers");
    assert_eq!(get(&ic, &token, "/assignment/account").status, 404);
    ic.expect_violation("no operation");
    ic.assert_clean();
}

#[test]
fn refusals_have_the_services_form() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "P", "", &["Admin"]);
    let token = ic.session().access_token;
    let ask = |token: &str, account: &str, role: &str| {
        let path = format!("/federation/credentials?role_name={role}&account_id={account}");
        let page = get(&ic, token, &path);
        let message = page.json()["message"].as_str().unwrap_or_default().to_owned();
        (code(&page), message)
    };
    let expect =
        |status, kind: &str, message: &str| ((status, kind.to_owned()), message.to_owned());
    assert_eq!(
        ask(&token, "111122223333", "Other"),
        expect(403, "ForbiddenException", "No access")
    );
    assert_eq!(ask(&token, "999999999999", "Admin").0.0, 404);
    let unauthorized = expect(401, "UnauthorizedException", "Session token not found or invalid");
    assert_eq!(ask("nonsense", "111122223333", "Admin"), unauthorized);
    ic.remove_role("111122223333", "Admin");
    assert_eq!(ask(&token, "111122223333", "Admin").0.0, 403);
    ic.revoke_tokens();
    assert_eq!(ask(&token, "111122223333", "Admin"), unauthorized);
    let old = ic.session().access_token;
    ic.expire_tokens();
    assert_eq!(ask(&old, "111122223333", "Admin"), unauthorized);
    ic.assert_clean();
}

#[test]
fn credentials_and_logout() {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "P", "", &["Admin"]);
    let token = ic.session().access_token;
    let page = get(&ic, &token, "/federation/credentials?role_name=Admin&account_id=111122223333");
    let keys = page.json()["roleCredentials"].clone();
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    assert!(text("accessKeyId").starts_with("ASIA") && text("accessKeyId").len() == 20);
    assert_eq!(text("secretAccessKey").len(), 40);
    assert!((600..900).contains(&text("sessionToken").len()));
    let left = keys["expiration"].as_i64().unwrap() - jiff::Timestamp::now().as_millisecond();
    assert!((3_590_000..=3_600_000).contains(&left), "{left}");
    let headers = [("x-amz-sso_bearer_token", token.as_str())];
    let page = request("POST", &format!("{}/logout", ic.url()), &headers, None).unwrap();
    assert_eq!((page.status, page.body.as_str()), (200, ""));
    assert_eq!(get(&ic, &token, "/assignment/accounts").status, 401);
    let keys = Keys {
        id: text("accessKeyId"),
        secret: text("secretAccessKey"),
        token: Some(text("sessionToken")),
    };
    let page = sts(&ic, &keys, "Action=GetCallerIdentity&Version=2011-06-15", 0);
    assert_eq!(element(&page, "Arn"), ic.role_arn("111122223333", "Admin"));
    ic.assert_clean();
}

#[test]
fn the_rate_limit_refuses_and_recovers() {
    let ic = IdentityCenter::start();
    ic.rate_limit(Some(1.0), true);
    let token = ic.session().access_token;
    let ask = || get(&ic, &token, "/assignment/accounts");
    assert_eq!(ask().status, 200);
    let refused = ask();
    assert_eq!(code(&refused), (429, "TooManyRequestsException".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("1"));
    std::thread::sleep(Duration::from_millis(1050));
    assert_eq!(ask().status, 200);
    ic.rate_limit(None, false);
    assert!((0..20).all(|_| ask().status == 200));
}

#[test]
fn requests_are_logged_with_what_was_under_way() {
    let ic = IdentityCenter::start();
    ic.latency(Duration::from_millis(150));
    let token = ic.session().access_token;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| get(&ic, &token, "/assignment/accounts?max_result=7"));
        }
    });
    assert_eq!(ic.max_in_flight(), 4);
    assert_eq!(ic.count(Operation::ListAccounts), 4);
    let log = ic.requests();
    assert!(log.iter().all(|l| l.status == 200 && l.param("max_result").as_deref() == Some("7")));
    assert_eq!(log.iter().map(|l| l.in_flight).max(), Some(4));
    assert_eq!(log[0].header("x-amz-sso_bearer_token"), Some(token.as_str()));
    assert!(log[0].connection != log[1].connection);
    assert_eq!(log[0].json(), Value::Null);
    ic.clear_requests();
    assert_eq!((ic.count(Operation::ListAccounts), ic.max_in_flight()), (0, 0));
}
