//! A door for the browser: a short address on this machine that leads to a long one, once. Arguments
//! of a process can be read by everybody on the machine, and the long one holds what only this user
//! may know.

use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::random;
use super::server::{Listener, LocalRequest, LocalResponse};
use crate::domain::Result;
use crate::domain::secret::Secret;

/// One door.
pub struct Door {
    origin: String,
    path: Secret,
    to: Secret,
    used: AtomicBool,
}

impl Door {
    /// A door on this listener.
    pub fn new(listener: &Listener, to: Secret) -> Result<Self> {
        let name = BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<16>()?);
        Ok(Self {
            origin: format!("127.0.0.1:{}", listener.port),
            path: Secret::new(format!("/open/{name}")),
            to,
            used: AtomicBool::new(false),
        })
    }

    /// The short address.
    pub fn address(&self) -> String {
        format!("http://{}{}", self.origin, self.path.expose())
    }

    /// The answer to a request for the door, and whether it leads through it; `None` for any other
    /// request.
    pub fn answer(&self, request: &LocalRequest) -> Option<(LocalResponse, bool)> {
        if !self.path.matches(&request.path) {
            return None;
        }
        let fits = request.method == "GET" && request.header("host") == Some(&*self.origin);
        if !fits {
            return Some((page(400, "This is not how a browser asks.\n"), false));
        }
        if self.used.swap(true, Ordering::Relaxed) {
            return Some((page(410, "This address works once.\n"), false));
        }
        let mut page = page(303, "");
        page.headers.push(("location", self.to.expose().to_owned()));
        page.headers.push(("referrer-policy", "no-referrer".to_owned()));
        Some((page, true))
    }

    /// Answers requests until one leads through the door.
    pub async fn pass(self, listener: &Listener) -> std::io::Result<()> {
        let answer = move |request: &LocalRequest| match self.answer(request) {
            Some((page, passed)) => (page, passed.then_some(())),
            None => (page(404, "There is nothing here.\n"), None),
        };
        listener.first(answer).await
    }
}

fn page(status: u16, text: &str) -> LocalResponse {
    let headers = vec![("content-type", "text/plain; charset=utf-8".to_owned())];
    LocalResponse { status, headers, body: text.into() }
}

#[cfg(test)]
mod tests {
    use super::Door;
    use crate::domain::secret::Secret;
    use crate::io::server::{Listener, LocalRequest};

    #[test]
    fn a_door_is_passed_once_by_who_knows_it() {
        let listener = Listener::bind(None).expect("a port");
        let door = Door::new(&listener, Secret::new("https://a.example/#b")).expect("a door");
        let address = door.address();
        let (host, path) = address["http://".len()..].split_at(address[7..].find('/').expect("/"));
        let ask = |method: &str, path: &str, host: &str| {
            let request = LocalRequest {
                method: method.to_owned(),
                path: path.to_owned(),
                query: String::new(),
                headers: vec![("host".to_owned(), host.to_owned())],
            };
            door.answer(&request).map(|(page, passed)| (page.status, passed))
        };
        assert_eq!(ask("GET", "/", host), None);
        assert_eq!(ask("GET", &path[..path.len() - 1], host), None);
        assert_eq!(ask("HEAD", path, host), Some((400, false)));
        assert_eq!(ask("GET", path, "evil.example"), Some((400, false)));
        assert_eq!(ask("GET", path, host), Some((303, true)));
        assert_eq!(ask("GET", path, host), Some((410, false)));
    }
}
