//! Other users' programs at the login's listener: what they send is refused, and however many
//! connections they hold open, the browser's is served.

use std::io::Write;
use std::net::TcpStream;
use std::time::Instant;

use crate::hostile_page::Login;
use crate::support::World;
use crate::support::http::send;

#[test]
fn each_part_of_a_request_must_be_right() {
    let world = World::new();
    let mut login = Login::start(&world);
    let (port, state) = (login.port, &login.state);
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let path = format!("/oauth/callback?code=stolen&state={state}");
    let other = format!("/oauth/callback?code=stolen&state={}", "0".repeat(state.len()));
    for (about, request, status) in [
        ("another state", format!("GET {other} HTTP/1.1\r\n{host}\r\n"), 400),
        ("no state", format!("GET /oauth/callback?error=no HTTP/1.1\r\n{host}\r\n"), 400),
        ("HEAD", format!("HEAD {path} HTTP/1.1\r\n{host}\r\n"), 405),
        ("OPTIONS", format!("OPTIONS {path} HTTP/1.1\r\n{host}\r\n"), 405),
        ("POST", format!("POST {path} HTTP/1.1\r\n{host}Content-Length: 9\r\n\r\n"), 405),
        (
            "a form",
            format!(
                "POST /oauth/callback HTTP/1.1\r\n{host}Content-Length: {}\r\n\r\n{}",
                path.len() - 16,
                &path[16..]
            ),
            405,
        ),
        ("another path", format!("GET /x{path} HTTP/1.1\r\n{host}\r\n"), 404),
        ("two slashes", format!("GET /{path} HTTP/1.1\r\n{host}\r\n"), 404),
        ("a name", format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"), 400),
        ("no port", format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 400),
        ("no host", format!("GET {path} HTTP/1.1\r\n\r\n"), 400),
        ("HTTP/1.0", format!("GET {path} HTTP/1.0\r\n\r\n"), 400),
        ("two hosts", format!("GET {path} HTTP/1.1\r\n{host}Host: page.example\r\n\r\n"), 400),
        ("no HTTP", format!("{path}\r\n\r\n"), 400),
    ] {
        let answer = send(port, request.as_bytes());
        let (seen, head) = answer.map_or((400, String::new()), |a| (a.status, a.head));
        assert_eq!(seen, status, "{about}");
        assert!(!head.to_lowercase().contains("access-control"), "{about}: {head}");
        login.goes_on(&world);
    }
    login.approve(&world);
}

#[test]
fn connections_that_say_nothing_shut_nobody_out() {
    let world = World::new();
    let mut login = Login::start(&world);
    let start = Instant::now();
    let silent: Vec<_> = (0..400)
        .map(|at| {
            let mut stream = TcpStream::connect(("127.0.0.1", login.port)).expect("open");
            if at % 2 == 0 {
                stream.write_all(b"GET /oauth/callback?code=x HTTP/1.1\r\nHost: ").expect("a part");
            }
            stream
        })
        .collect();
    login.goes_on(&world);
    login.approve(&world);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    drop(silent);
}
