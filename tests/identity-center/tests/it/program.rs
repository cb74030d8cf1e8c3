use crate::api::get;
use identity_center::IdentityCenter;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_identity-center");

#[test]
fn says_where_it_is_and_ends_with_its_input() {
    let mut child = Command::new(PROGRAM)
        .args([
            "--proxy",
            "--region",
            "eu-west-1",
            "--accounts",
            "7",
            "--roles",
            "8",
            "--rate",
            "50",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = said["url"].as_str().unwrap();
    assert_eq!(said["env"]["AWS_ENDPOINT_URL_SSO"], url);
    assert_eq!(said["region"], "eu-west-1");
    assert!(said["proxy"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let ca = std::fs::read_to_string(said["ca"].as_str().unwrap()).unwrap();
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"));
    let page = identity_center::browser::open(&format!("{url}/start"), None).unwrap();
    assert!(page.body.contains("7 accounts with 56 roles"), "{}", page.body);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn stands_in_for_a_browser() {
    let ic = IdentityCenter::start();
    let browse = |url: &str| {
        let mut command = Command::new(PROGRAM);
        command.args(["browse", url]).env("IDENTITY_CENTER_URL", ic.url());
        command.stderr(Stdio::null()).status().unwrap().success()
    };
    assert!(browse("https://example.awsapps.com/start"));
    assert!(!browse(&format!("{}/authorize?x=y", ic.url())));
    ic.expect_violation("unknown parameter x");
    assert_eq!(get(&ic, "x", "/assignment/accounts").status, 401);
}

#[test]
fn wrong_usage_is_code_2() {
    let output = Command::new(PROGRAM).arg("--nonsense").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
