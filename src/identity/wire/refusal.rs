//! What went wrong with a call: the service's error shapes, transport failures, and answers that
//! come from something else on the way. Which error the user sees for them stands in
//! [`crate::identity::wire::catalog`].

use serde_json::Value;

use crate::domain::label::label;
use crate::domain::timestamp::Timestamp;
use crate::identity::wire::xml::Xml;
use crate::io::http::{Response, Stage, TransportError};

/// An error answer of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The operation that was called, as AWS names it.
    pub operation: &'static str,
    /// Who answered.
    pub host: String,
    /// HTTP status.
    pub status: u16,
    /// `AccessDeniedException` and the like; the status in digits where there was none.
    pub code: String,
    /// The service's words; often empty.
    pub message: String,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// The service's clock, to tell a skewed one here.
    pub date: Option<Timestamp>,
}

/// A call without a usable answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// No complete answer.
    Transport(TransportError),
    /// The service said no.
    Service(Box<ServiceError>),
    /// A complete answer that no AWS service gives: a proxy's page, a network's sign-in page.
    Foreign {
        /// The operation that was called.
        operation: &'static str,
        /// Who was asked.
        host: String,
        /// What came, without any of the body.
        what: String,
    },
    /// A list whose pages come again: it has no end.
    Repeating,
}

/// The longest code that is shown; AWS has none of half the length.
const CODE: usize = 100;
/// The longest words of a service that are shown.
const WORDS: usize = 1000;

pub type CallResult<T> = std::result::Result<T, Failure>;

impl ServiceError {
    /// Reads an error answer as botocore does: header, `code`, `__type`, status; and then, which
    /// botocore does not, OAuth's `error`, because proxies strip the header. STS answers in XML.
    pub fn decode(operation: &'static str, host: &str, response: &Response) -> Self {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
        let xml = Xml::parse(&response.body);
        let text = |name: &str| {
            let json = body.get(name).and_then(Value::as_str);
            json.or_else(|| xml.as_ref()?.text(name)).map(ToOwned::to_owned)
        };
        // AWS Sign-In has one exception for several reasons, which are words in capitals.
        let in_capitals = |word: &String| word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        let reason = text("error").filter(|word| !word.is_empty()).filter(in_capitals);
        let code = reason
            .or_else(|| response.header("x-amzn-errortype").map(ToOwned::to_owned))
            .or_else(|| text("code"))
            .or_else(|| text("Code"))
            .or_else(|| text("__type"))
            .map(|code| label(bare(&code), CODE))
            .filter(|code| !code.is_empty())
            .or_else(|| text("error").map(|error| label(&exception(&error), CODE)));
        let message = text("error_description")
            .or_else(|| text("message"))
            .or_else(|| text("Message"))
            .unwrap_or_default();
        Self {
            operation,
            host: host.to_owned(),
            status: response.status,
            code: code.unwrap_or_else(|| response.status.to_string()),
            message: label(&message, WORDS),
            retry_after: response.header("retry-after").and_then(|text| text.trim().parse().ok()),
            date: time_of_service(&message)
                .or_else(|| response.header("date").and_then(Timestamp::parse)),
        }
    }

    /// Whether the code is one of these.
    pub fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str())
    }

    /// Whether the portal refuses the token itself.
    pub fn is_unauthorized(&self) -> bool {
        self.status == 401 || self.is(&["UnauthorizedException"])
    }

    /// Whether the service asks to slow down.
    pub fn is_throttling(&self) -> bool {
        self.status == 429
            || self.is(&[
                "TooManyRequestsException",
                "ThrottlingException",
                "Throttling",
                "ThrottledException",
                "RequestThrottled",
                "RequestThrottledException",
                "RequestLimitExceeded",
                "LimitExceededException",
                "SlowDown",
                "SlowDownException",
            ])
    }

    /// `InvalidRequestException` without words: what a wrong `sso_region` or start URL gets.
    pub fn is_empty_invalid_request(&self) -> bool {
        self.is(&["InvalidRequestException"]) && self.message.trim().is_empty()
    }

    /// `AccessDeniedException (HTTP 400): words`, as a cause line.
    pub fn describe(&self) -> String {
        let words = self.message.trim();
        let status = if self.code == self.status.to_string() {
            format!("HTTP {}", self.status)
        } else {
            format!("`{}` (HTTP {})", self.code, self.status)
        };
        if words.is_empty() {
            format!("{} answered {status}", self.operation)
        } else {
            format!("{} answered {status}: {words}", self.operation)
        }
    }
}

impl Failure {
    /// Whether the service does not know the client, or no longer accepts it.
    pub fn is_unknown_client(&self) -> bool {
        self.service().is_some_and(|error| {
            error.is(&["InvalidClientException", "UnauthorizedClientException"])
        })
    }

    /// Reads an answer that was not a success.
    pub fn of_answer(operation: &'static str, host: &str, response: &Response) -> Self {
        let error = ServiceError::decode(operation, host, response);
        let named = error.code != error.status.to_string();
        let html = response.header("content-type").is_some_and(|t| t.contains("html"));
        if named || (error.status >= 400 && !html) {
            return Self::Service(Box::new(error));
        }
        Self::foreign(operation, host, response)
    }

    /// An answer that no AWS service gives.
    pub fn foreign(operation: &'static str, host: &str, response: &Response) -> Self {
        let kind = response.header("content-type").unwrap_or("no content type");
        let what = format!("HTTP {} with {} bytes of {kind}", response.status, response.body.len());
        Self::Foreign { operation, host: host.to_owned(), what }
    }

    /// The service's error, if that is what it is.
    pub fn service(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            _ => None,
        }
    }

    /// Whether nothing of the request can have reached the service.
    pub fn is_unsent(&self) -> bool {
        matches!(self, Self::Transport(error) if error.stage == Stage::Connect)
    }
}

/// The service's time in the message about a signature, because proxies strip `Date`: `Signature
/// expired: OURS is now earlier than LIMIT (THEIRS - 15 min.)`.
fn time_of_service(message: &str) -> Option<Timestamp> {
    let (_, inside) = message.rsplit_once('(')?;
    let (time, _) = inside.split_once(' ')?;
    let (date, time) = time.strip_suffix('Z')?.split_once('T')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (date.len(), time.len()) != (8, 6) || !digits(date) || !digits(time) {
        return None;
    }
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let (hour, minute, second) = (&time[..2], &time[2..4], &time[4..]);
    Timestamp::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

/// The code without the URI behind `:` and the shape's namespace before `#`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim()
}

/// OAuth's word as AWS's exception: `invalid_grant` → `InvalidGrantException`.
fn exception(error: &str) -> String {
    if error == "server_error" {
        return "InternalServerException".to_owned();
    }
    let mut name = String::new();
    for word in error.split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name + "Exception"
}

#[cfg(test)]
mod tests {
    use super::{Failure, ServiceError};
    use crate::io::http::Response;
    use serde_json::Value;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Response { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn codes_are_found_where_the_aws_cli_finds_them() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/identity.json"))
            .expect("the vectors are JSON");
        for vector in all["error_code_parsing"]["vectors"].as_array().expect("a list") {
            let header = vector["headers"]["x-amzn-errortype"].as_str();
            let headers: Vec<_> = header.map(|h| ("x-amzn-errortype", h)).into_iter().collect();
            let status = vector["status"].as_u64().and_then(|s| u16::try_from(s).ok());
            let body = vector["body"].as_str().expect("a text");
            let answer = response(status.expect("a status"), &headers, body);
            let error = ServiceError::decode("CreateToken", "h", &answer);
            // Where the AWS CLI finds no code, OAuth's `error` is read.
            let expected = match vector["about"].as_str() {
                Some("no header, OAuth body only") => "AuthorizationPendingException",
                _ => vector["expect"]["ok"]["Code"].as_str().expect("a code"),
            };
            assert_eq!(error.code, expected, "{vector}");
            if let Some(message) = vector["expect"]["ok"]["Message"].as_str()
                && !message.is_empty()
            {
                assert_eq!(error.message, message, "{vector}");
            }
        }
    }

    #[test]
    fn oauth_words_become_exceptions() {
        for (error, code) in [
            ("slow_down", "SlowDownException"),
            ("expired_token", "ExpiredTokenException"),
            ("server_error", "InternalServerException"),
            ("invalid_client", "InvalidClientException"),
        ] {
            let answer = response(400, &[], &format!("{{\"error\":\"{error}\"}}"));
            assert_eq!(ServiceError::decode("CreateToken", "h", &answer).code, code);
        }
    }

    #[test]
    fn codes_and_words_are_fit_to_be_shown() {
        let long = format!("{{\"message\": \"{}\", \"code\": \"x\"}}", "word\\n ".repeat(9_000));
        let error = ServiceError::decode("CreateToken", "h", &response(400, &[], &long));
        assert_eq!((error.message.len(), error.message.ends_with("..")), (1000, true));
        let header = "y".repeat(9_000);
        let answer = response(400, &[("x-amzn-errortype", &header)], "");
        assert_eq!(ServiceError::decode("CreateToken", "h", &answer).code.len(), 100);
        // A code of control characters is none.
        let answer = response(400, &[("x-amzn-errortype", "\u{1}\0:x")], "");
        assert_eq!(ServiceError::decode("CreateToken", "h", &answer).code, "400");
    }

    #[test]
    fn the_page_of_a_proxy_is_not_the_service() {
        let page = response(403, &[("content-type", "text/html")], "<h1>Blocked</h1>");
        assert!(matches!(
            Failure::of_answer("GetRoleCredentials", "h", &page),
            Failure::Foreign { .. }
        ));
        let plain = response(403, &[], "");
        assert!(matches!(
            Failure::of_answer("GetRoleCredentials", "h", &plain),
            Failure::Service(_)
        ));
    }
}
