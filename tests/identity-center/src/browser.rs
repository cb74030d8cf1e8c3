//! A browser that follows redirects and shows nothing: the person who signs in, in tests.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Redirects that are followed before it is called a loop.
const HOPS: usize = 5;

/// Opens an `http` URL as a browser would, following redirects, and returns the last page's
/// status and text.
///
/// # Errors
/// When a connection fails, an answer is no HTTP, or the redirects do not end.
pub fn browse(url: &str) -> io::Result<(u16, String)> {
    let mut url = url.to_owned();
    for _ in 0..HOPS {
        let (status, location, text) = get(&url)?;
        match location {
            Some(next) if (300..400).contains(&status) => url = absolute(&url, &next),
            _ => return Ok((status, text)),
        }
    }
    Err(io::Error::other("too many redirects"))
}

fn get(url: &str) -> io::Result<(u16, Option<String>, String)> {
    let rest = url.strip_prefix("http://").ok_or_else(|| io::Error::other("not an http URL"))?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.split('#').next().filter(|path| !path.is_empty()).unwrap_or("/");
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| io::Error::other("no HTTP answer"))?;
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    Ok((status, location, body.to_owned()))
}

fn absolute(base: &str, location: &str) -> String {
    match (location.strip_prefix('/'), base.splitn(4, '/').collect::<Vec<_>>().as_slice()) {
        (Some(path), [scheme, "", authority, ..]) => format!("{scheme}//{authority}/{path}"),
        _ => location.to_owned(),
    }
}
