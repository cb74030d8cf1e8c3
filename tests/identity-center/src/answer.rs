//! One HTTP answer, and the error bodies of each service.

use serde_json::{Value, json};

/// An answer before it is put onto the wire.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
        }
    }

    pub fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    pub fn html(status: u16, body: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub fn xml(status: u16, body: String) -> Self {
        Self::new(status, "text/xml", body)
    }

    pub fn redirect(location: &str) -> Self {
        Self::new(302, "text/plain", "").header("location", location)
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// `AuthorizationPendingException` → `authorization_pending`
fn oauth_name(exception: &str) -> String {
    match exception {
        "InternalServerException" => return "server_error".to_owned(),
        "InvalidClientMetadataException" => return "invalid_client_metadata".to_owned(),
        _ => {}
    }
    let mut name = String::new();
    for c in exception.trim_end_matches("Exception").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// An error of the OIDC service: OAuth body, exception in a header.
pub(crate) fn oidc_error(status: u16, exception: &str, description: &str) -> Answer {
    let body = json!({"error": oauth_name(exception), "error_description": description});
    Answer::json(status, &body).header(
        "x-amzn-ErrorType",
        format!("{exception}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"),
    )
}

/// An error of console sign-in: the reason in the body, the exception in a header.
pub(crate) fn signin_error(status: u16, reason: &str, message: &str) -> Answer {
    let exception = match status {
        401 | 403 => "AccessDeniedException",
        429 => "TooManyRequestsError",
        500.. => "InternalServerException",
        _ => "ValidationException",
    };
    Answer::json(status, &json!({"error": reason, "message": message}))
        .header("x-amzn-ErrorType", exception)
}

/// An error of the access portal.
pub(crate) fn portal_error(status: u16, exception: &str, message: &str) -> Answer {
    let body = json!({
        "message": message,
        "__type": format!("com.amazonaws.switchboard.portal#{exception}"),
    });
    Answer::json(status, &body).header("x-amzn-ErrorType", exception)
}

/// An error of STS.
pub(crate) fn sts_error(status: u16, code: &str, message: &str) -> Answer {
    let kind = if status >= 500 { "Receiver" } else { "Sender" };
    Answer::xml(
        status,
        format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    \
             <Type>{kind}</Type>\n    <Code>{}</Code>\n    <Message>{}</Message>\n  </Error>\n  \
             <RequestId>{}</RequestId>\n</ErrorResponse>\n",
            escape(code),
            escape(message),
            crate::secrets::request_id(),
        ),
    )
}

/// Text for XML and HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn oauth_names_follow_from_exceptions() {
        assert_eq!(super::oauth_name("AuthorizationPendingException"), "authorization_pending");
        assert_eq!(super::oauth_name("ExpiredTokenException"), "expired_token");
        assert_eq!(super::oauth_name("SlowDownException"), "slow_down");
        assert_eq!(super::oauth_name("InternalServerException"), "server_error");
    }
}
