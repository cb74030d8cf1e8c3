//! What a browser does in a login, reduced to requests: for tests, and for `identity-center browse URL`.

use crate::center::IdentityCenter;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// The address that answered.
    pub url: String,
    /// HTTP status
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl Page {
    /// The value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        crate::call::find(&self.headers, name)
    }

    /// The body as JSON, `Null` if it is something else.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Sends one request to an `http://` address, on a connection of its own.
pub fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> io::Result<Page> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| io::Error::other(format!("{url} is not an http address")))?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = path.split('#').next().unwrap_or_default();
    let mut head = Vec::new();
    write!(head, "{method} {slash}{path} HTTP/1.1\r\nConnection: close\r\n")?;
    if !headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("host")) {
        write!(head, "Host: {authority}\r\n")?;
    }
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    if method == "POST" || body.is_some() {
        write!(head, "Content-Length: {}\r\n", body.unwrap_or_default().len())?;
    }
    write!(head, "\r\n{}", body.unwrap_or_default())?;

    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(&head)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) =
        text.split_once("\r\n\r\n").ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|l| l.split(' ').nth(1)?.parse().ok());
    Ok(Page {
        url: url.to_owned(),
        status: status.ok_or_else(|| io::Error::other("no status line"))?,
        headers: lines
            .filter_map(|l| l.split_once(':'))
            .map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
            .collect(),
        body: body.to_owned(),
    })
}

/// Opens an address as a browser does: follows redirects to loopback addresses, and returns the last answer,
/// which is the redirect itself if it leads elsewhere. An `https` address is opened at `simulator` instead,
/// also one to which something else than the simulator leads with 303.
pub fn open(url: &str, simulator: Option<&str>) -> io::Result<Page> {
    let at_simulator = |url: &str| match (url.strip_prefix("https://"), simulator) {
        (Some(rest), Some(simulator)) => {
            format!("{simulator}{}", &rest[rest.find('/').unwrap_or(rest.len())..])
        }
        _ => url.to_owned(),
    };
    let mut url = at_simulator(url);
    for _ in 0..5 {
        let page = request("GET", &url, &[("User-Agent", "Mozilla/5.0")], None)?;
        let from_elsewhere =
            simulator.is_some_and(|simulator| !url.starts_with(&format!("{simulator}/")));
        match page.header("location") {
            Some(next) if page.status == 303 && from_elsewhere => url = at_simulator(next),
            Some(next)
                if (300..400).contains(&page.status) && next.starts_with("http://127.0.0.1:") =>
            {
                next.clone_into(&mut url);
            }
            _ => return Ok(page),
        }
    }
    Err(io::Error::other("too many redirects"))
}

impl IdentityCenter {
    /// Opens an address as the person's browser would; an `https` address is one of the simulator's own.
    ///
    /// # Panics
    /// If nobody answers.
    pub fn browse(&self, url: &str) -> Page {
        open(url, Some(&self.url())).unwrap_or_else(|e| panic!("cannot open {url}: {e}"))
    }
}
