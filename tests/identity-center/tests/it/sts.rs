use crate::api::*;
use identity_center::browser::request;
use identity_center::{IdentityCenter, Trust};
use std::time::Duration;

const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const DEPLOY: &str = "arn:aws:iam::444455556666:role/ci/Deploy";

fn assume(extra: &str) -> String {
    format!(
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fci%2FDeploy\
         &RoleSessionName=me%40example.com{extra}"
    )
}

fn center() -> IdentityCenter {
    let ic = IdentityCenter::start();
    ic.add_account("111122223333", "Production", "", &["Admin", "ReadOnly"]);
    ic.add_static_keys(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI/K7MDENG",
        "arn:aws:iam::777788889999:user/jane",
    );
    ic
}

fn user() -> Keys {
    Keys { id: "AKIDEXAMPLE".to_owned(), secret: "wJalrXUtnFEMI/K7MDENG".to_owned(), token: None }
}

fn issued(page: &identity_center::browser::Page) -> Keys {
    Keys {
        id: element(page, "AccessKeyId"),
        secret: element(page, "SecretAccessKey"),
        token: Some(element(page, "SessionToken")),
    }
}

#[test]
fn says_who_signed() {
    let ic = center();
    let page = sts(&ic, &role_keys(&ic, "111122223333", "Admin"), WHO, 0);
    let arn = element(&page, "Arn");
    let suffix = arn.rsplit_once("Admin_").unwrap().1.split('/').next().unwrap();
    assert!(suffix.len() == 16 && suffix.bytes().all(|b| b.is_ascii_hexdigit()), "{arn}");
    assert!(arn.starts_with("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_"));
    assert!(arn.ends_with("/jane.doe@example.com"));
    assert_eq!(element(&page, "Account"), "111122223333");
    let page = sts(&ic, &user(), WHO, 0);
    assert_eq!(element(&page, "Arn"), "arn:aws:iam::777788889999:user/jane");
    ic.assert_clean();
}

#[test]
fn refuses_what_is_signed_wrongly() {
    let ic = center();
    let keys = role_keys(&ic, "111122223333", "Admin");
    let code = |keys: &Keys, shift| element(&sts(&ic, keys, WHO, shift), "Code");
    assert_eq!(
        code(&Keys { id: "ASIAUNKNOWN".to_owned(), ..keys.clone() }, 0),
        "InvalidClientTokenId"
    );
    assert_eq!(code_or_ok(&ic, &keys, 890), "ok");
    assert_eq!(code(&keys, -1000), "SignatureDoesNotMatch");
    assert_eq!(code(&keys, 1000), "SignatureDoesNotMatch");
    ic.clock_skew(1000);
    assert_eq!(code_or_ok(&ic, &keys, 1000), "ok");
    ic.clock_skew(0);
    ic.assert_clean();
    assert_eq!(
        code(&Keys { secret: "wrong".to_owned(), ..keys.clone() }, 0),
        "SignatureDoesNotMatch"
    );
    ic.expect_violation("the signature does not match");
    assert_eq!(code(&Keys { token: None, ..keys.clone() }, 0), "InvalidClientTokenId");
    ic.expect_violation("session token is not the one");
    ic.expire_role_credentials();
    assert_eq!(code(&keys, 0), "ExpiredToken");
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let page = request("POST", &ic.url(), &headers, Some(WHO)).unwrap();
    assert_eq!(element(&page, "Code"), "MissingAuthenticationToken");
    ic.expect_violation("unsigned request");
    ic.assert_clean();
}

fn code_or_ok(ic: &IdentityCenter, keys: &Keys, shift: i64) -> String {
    let page = sts(ic, keys, WHO, shift);
    if page.status == 200 { "ok".to_owned() } else { element(&page, "Code") }
}

#[test]
fn roles_are_assumed_by_whom_they_trust() {
    let ic = center();
    let admin = role_keys(&ic, "111122223333", "Admin");
    let reader = role_keys(&ic, "111122223333", "ReadOnly");
    assert_eq!(element(&sts(&ic, &admin, &assume(""), 0), "Code"), "AccessDenied");
    ic.add_iam_role(DEPLOY, Trust::anyone().account("111122223333").role("Admin"));
    let page = sts(&ic, &admin, &assume(""), 0);
    assert_eq!(
        element(&page, "Arn"),
        "arn:aws:sts::444455556666:assumed-role/Deploy/me@example.com"
    );
    let left = element(&page, "Expiration")
        .parse::<jiff::Timestamp>()
        .unwrap()
        .duration_since(jiff::Timestamp::now());
    assert!((3590..=3600).contains(&left.as_secs()), "{left:?}");
    let page = sts(&ic, &issued(&page), WHO, 0);
    assert_eq!(element(&page, "Account"), "444455556666");
    let page = sts(&ic, &reader, &assume(""), 0);
    assert_eq!(page.status, 403);
    assert!(
        element(&page, "Message")
            .starts_with("User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly")
    );
    assert_eq!(sts(&ic, &user(), &assume(""), 0).status, 403);
    ic.assert_clean();
}

#[test]
fn external_id_mfa_and_duration() {
    let ic = center();
    let admin = role_keys(&ic, "111122223333", "Admin");
    ic.add_iam_role(DEPLOY, Trust::anyone().external_id("ext-1"));
    assert_eq!(sts(&ic, &admin, &assume(""), 0).status, 403);
    assert_eq!(sts(&ic, &admin, &assume("&ExternalId=ext-1"), 0).status, 200);

    let serial = "arn:aws:iam::777788889999:mfa/jane";
    ic.add_iam_role(DEPLOY, Trust::anyone().mfa(serial, "123456"));
    let with = |code: &str| {
        assume(&format!(
            "&SerialNumber={}&TokenCode={code}",
            serial.replace(':', "%3A").replace('/', "%2F")
        ))
    };
    assert_eq!(sts(&ic, &user(), &assume(""), 0).status, 403);
    assert!(element(&sts(&ic, &user(), &with("000000"), 0), "Message").contains("invalid MFA"));
    assert_eq!(sts(&ic, &user(), &with("123456"), 0).status, 200);

    ic.add_iam_role(DEPLOY, Trust::anyone().max_duration(Duration::from_hours(4)));
    let page = sts(&ic, &admin, &assume("&DurationSeconds=7200"), 0);
    assert!(
        element(&page, "Message")
            .contains("1 hour session limit for roles assumed by role chaining")
    );
    assert_eq!(sts(&ic, &user(), &assume("&DurationSeconds=7200"), 0).status, 200);
    let page = sts(&ic, &user(), &assume("&DurationSeconds=21600"), 0);
    assert!(element(&page, "Message").contains("MaxSessionDuration"));
    ic.assert_clean();
    for (extra, violation) in [
        ("&DurationSeconds=899", "DurationSeconds"),
        ("&externalId=x", "unknown parameter externalId"),
        ("&TokenCode=123456", "go together"),
    ] {
        assert_eq!(element(&sts(&ic, &user(), &assume(extra), 0), "Code"), "ValidationError");
        ic.expect_violation(violation);
    }
    ic.assert_clean();
}

#[test]
fn web_identity_needs_no_signature() {
    let ic = center();
    ic.add_iam_role(DEPLOY, Trust::anyone());
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let body =
        assume("&WebIdentityToken=a.b.c").replace("AssumeRole&", "AssumeRoleWithWebIdentity&");
    let page = request("POST", &ic.url(), &headers, Some(&body)).unwrap();
    assert_eq!(sts(&ic, &issued(&page), WHO, 0).status, 200);
    ic.assert_clean();
}
