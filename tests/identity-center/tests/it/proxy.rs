use crate::clients::{candidates, command, missing, output, run};
use identity_center::{IdentityCenter, Operation, Proxy};
use std::io::{Read, Write};
use std::net::TcpStream;

/// What the proxy answers to a raw request.
fn ask(proxy: &Proxy, text: &str) -> String {
    let mut stream = TcpStream::connect(proxy.url.replace("http://", "")).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut bytes = [0_u8; 4096];
    let n = stream.read(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..n]).into_owned()
}

fn connect(host: &str, more: &str) -> String {
    format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n{more}\r\n")
}

#[test]
fn only_simulated_hosts_are_reached() {
    let ic = IdentityCenter::start();
    let proxy = ic.proxy();
    assert!(ask(&proxy, &connect("oidc.us-east-1.amazonaws.com", "")).starts_with("HTTP/1.1 200"));
    assert!(ask(&proxy, &connect("example.com", "")).starts_with("HTTP/1.1 502"));
    ic.assert_clean();
    proxy.strict_loopback(true);
    assert!(ask(&proxy, &connect("127.0.0.1", "")).starts_with("HTTP/1.1 502"));
    ic.expect_violation("loopback was proxied");
    assert_eq!(proxy.hosts(), ["oidc.us-east-1.amazonaws.com", "example.com", "127.0.0.1"]);
}

#[test]
fn it_can_want_a_password() {
    let ic = IdentityCenter::start();
    let proxy = ic.proxy();
    proxy.require_auth("user", "pass");
    let host = "sts.amazonaws.com";
    assert!(ask(&proxy, &connect(host, "")).starts_with("HTTP/1.1 407"));
    let with = "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n";
    assert!(ask(&proxy, &connect(host, with)).starts_with("HTTP/1.1 200"));
}

#[test]
fn plain_requests_go_where_they_are_mapped() {
    let ic = IdentityCenter::start();
    let proxy = ic.proxy();
    let address = ic.url().replace("http://", "").parse().unwrap();
    proxy.map_host("intranet.test", address);
    let get = "GET http://intranet.test/vanity HTTP/1.1\r\nHost: intranet.test\r\nConnection: close\r\n\r\n";
    let answer = ask(&proxy, get);
    assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
    assert!(answer.contains("location: https://example.awsapps.com/start"), "{answer}");
    ic.add_vanity_host("sso.example.com");
    let get = "HEAD http://sso.example.com/ HTTP/1.1\r\nHost: sso.example.com\r\nConnection: close\r\n\r\n";
    assert!(ask(&proxy, get).starts_with("HTTP/1.1 302"));
    assert_eq!(ic.count(Operation::Vanity), 2);
}

#[test]
fn curl_meets_valid_certificates_and_strict_hosts() {
    let Some(curl) = candidates("curl").into_iter().next() else {
        return missing("curl");
    };
    let ic = IdentityCenter::start();
    let proxy = ic.proxy();
    ic.add_vanity_host("sso.example.com");
    let home = tempfile::tempdir().unwrap();
    let curl = |url: &str, more: &[&str]| {
        let mut command = command(&curl, home.path());
        command.args(["-sS", "--max-time", "10", "--proxy", &proxy.url, "--cacert"]);
        command.arg(&proxy.ca_pem_path).args(["-o", "/dev/null", "-w", "%{http_code}"]);
        run(command.args(more).arg(url))
    };
    assert_eq!(curl("https://example.awsapps.com/start", &[]), "200");
    assert_eq!(curl("https://sso.example.com/", &["-I"]), "302");
    let token = format!("x-amz-sso_bearer_token: {}", ic.session().access_token);
    let list = ["-H", token.as_str()];
    assert_eq!(
        curl("https://portal.sso.us-east-1.amazonaws.com/assignment/accounts", &list),
        "200"
    );
    assert_eq!(
        curl("https://portal.sso.eu-west-1.amazonaws.com/assignment/accounts", &list),
        "401"
    );
    ic.assert_clean();
    assert_eq!(curl("https://oidc.us-east-1.amazonaws.com/assignment/accounts", &list), "421");
    ic.expect_violation("sent to oidc.us-east-1.amazonaws.com");
    let wrong = ["-H", token.as_str(), "-H", "Host: oidc.us-east-1.amazonaws.com"];
    assert_eq!(
        curl("https://portal.sso.us-east-1.amazonaws.com/assignment/accounts", &wrong),
        "421"
    );
    ic.expect_violation("on a connection to portal.sso");
    let log = ic.requests();
    assert_eq!(log[0].proxied_host.as_deref(), Some("example.awsapps.com"));
}

#[test]
fn an_unknown_ca_is_refused_by_clients() {
    let Some(curl) = candidates("curl").into_iter().next() else {
        return missing("curl");
    };
    let ic = IdentityCenter::start();
    let proxy = ic.proxy();
    let home = tempfile::tempdir().unwrap();
    let mut command = command(&curl, home.path());
    command.args(["-sS", "--proxy", &proxy.url, "https://example.awsapps.com/start"]);
    assert_eq!(output(&mut command).status.code(), Some(60));
    assert!(ic.requests().is_empty());
}
