//! What comes back to the loopback listener: one request in a thousand is the browser's; the rest
//! is refused and changes nothing.

use url::form_urlencoded;

use super::page;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::wire::oidc::REDIRECT_PATH;
use crate::io::door::Door;
use crate::io::server::{Listener, LocalRequest, LocalResponse};

/// What the person decided.
#[derive(Debug)]
pub enum Answer {
    /// The authorization code.
    Code(Secret),
    /// No, in the service's words.
    Denied(String),
    /// The other flow, please.
    Device,
}

/// Listens on the port that was asked for, or on any; `otherwise` is the option of the flow that
/// needs none.
pub fn listen(port: Option<u16>, otherwise: &str) -> Result<Listener> {
    Listener::bind(port).map_err(|error| {
        let what = match port {
            Some(port) => format!("port {port} of 127.0.0.1 cannot be listened on"),
            None => "no port of 127.0.0.1 can be listened on".to_owned(),
        };
        Error::failed(what)
            .own()
            .cause(error)
            .hint(format!("choose another one with `--port`, or log in with `{otherwise}`"))
    })
}

/// Serves the redirect address, and the door through which the browser comes to the login, until
/// the answer to this login has come.
pub async fn wait(listener: &Listener, door: Option<Door>, state: &Secret) -> Result<Answer> {
    let (port, state) = (listener.port, state.clone());
    let judge = move |request: &LocalRequest| match judge(request, port, &state) {
        Err(404) if let Some((page, _)) = door.as_ref().and_then(|door| door.answer(request)) => {
            (page, None)
        }
        Ok(Answer::Denied(words)) => (page::failed(&words), Some(Answer::Denied(words))),
        Ok(answer) => (page::done(), Some(answer)),
        Err(status) => {
            log::info!("the redirect listener refused a request with {status}");
            (refusal(status), None)
        }
    };
    listener
        .first(judge)
        .await
        .map_err(|error| Error::failed("the redirect listener broke").cause(error).own())
}

/// The answer in a request, or the status with which it is refused. The state is compared before
/// anything else of the query is looked at, also on errors.
pub fn judge(
    request: &LocalRequest,
    port: u16,
    state: &Secret,
) -> std::result::Result<Answer, u16> {
    if request.path != REDIRECT_PATH {
        return Err(404);
    }
    if request.method != "GET" {
        return Err(405);
    }
    if request.header("host") != Some(format!("127.0.0.1:{port}").as_str()) {
        return Err(400);
    }
    answer(&request.query, state).ok_or(400)
}

/// The answer that a query of the redirect address holds, if its state is this login's.
pub fn answer(query: &str, state: &Secret) -> Option<Answer> {
    let once = |name: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(n, _)| n == name);
        let (_, value) = values.next()?;
        values.next().is_none().then(|| value.into_owned())
    };
    if !state.matches(&once("state")?) {
        return None;
    }
    if let Some(error) = once("error") {
        let words = once("error_description").filter(|words| !words.trim().is_empty());
        return Some(Answer::Denied(match words {
            Some(words) => format!("`{error}`: {words}"),
            None => format!("`{error}`"),
        }));
    }
    once("code").filter(|code| !code.is_empty()).map(|code| Answer::Code(Secret::new(code)))
}

fn refusal(status: u16) -> LocalResponse {
    LocalResponse {
        status,
        headers: vec![("content-type", "text/plain; charset=utf-8".to_owned())],
        body: b"This is not the answer to the login.\n".to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, judge};
    use crate::domain::secret::Secret;
    use crate::io::server::LocalRequest;

    fn verdict(method: &str, target: &str, host: &[&str]) -> Result<String, u16> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = LocalRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: host.iter().map(|h| ("host".to_owned(), (*h).to_owned())).collect(),
        };
        judge(&request, 4321, &Secret::new("STATE")).map(|answer| match answer {
            Answer::Code(code) => format!("code {}", code.expose()),
            Answer::Denied(words) => format!("denied {words}"),
            Answer::Device => "device".to_owned(),
        })
    }

    #[test]
    fn one_request_fits_and_the_rest_is_refused() {
        let good = ["127.0.0.1:4321"];
        for (method, target, host, expected) in [
            ("GET", "/oauth/callback?code=C%2B1&state=STATE", &good[..], Ok("code C+1")),
            ("GET", "/oauth/callback?state=STATE&code=C", &good, Ok("code C")),
            (
                "GET",
                "/oauth/callback?error=access_denied&error_description=No%20way&state=STATE",
                &good,
                Ok("denied `access_denied`: No way"),
            ),
            ("GET", "/oauth/callback?error=access_denied", &good, Err(400)),
            ("GET", "/oauth/callback?error=x&state=OTHER", &good, Err(400)),
            ("GET", "/oauth/callback?code=C&state=OTHER", &good, Err(400)),
            ("GET", "/oauth/callback?code=C&state=", &good, Err(400)),
            ("GET", "/oauth/callback?code=C&state=STATE&state=STATE", &good, Err(400)),
            ("GET", "/oauth/callback?code=C&code=D&state=STATE", &good, Err(400)),
            ("GET", "/oauth/callback?code=&state=STATE", &good, Err(400)),
            ("GET", "/oauth/callback", &good, Err(400)),
            ("POST", "/oauth/callback?code=C&state=STATE", &good, Err(405)),
            ("HEAD", "/oauth/callback?code=C&state=STATE", &good, Err(405)),
            ("GET", "/oauth/callback/?code=C&state=STATE", &good, Err(404)),
            ("GET", "//oauth/callback?code=C&state=STATE", &good, Err(404)),
            ("GET", "/favicon.ico", &good, Err(404)),
            ("GET", "/oauth/callback?code=C&state=STATE", &["localhost:4321"], Err(400)),
            ("GET", "/oauth/callback?code=C&state=STATE", &["127.0.0.1"], Err(400)),
            ("GET", "/oauth/callback?code=C&state=STATE", &["evil.example:4321"], Err(400)),
            ("GET", "/oauth/callback?code=C&state=STATE", &[], Err(400)),
            (
                "GET",
                "/oauth/callback?code=C&state=STATE",
                &["127.0.0.1:4321", "evil.example"],
                Err(400),
            ),
        ] {
            let verdict = verdict(method, target, host);
            assert_eq!(verdict.as_deref().map_err(|&e| e), expected, "{method} {target} {host:?}");
        }
    }
}
