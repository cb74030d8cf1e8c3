//! Which error the user sees for a failed call, where its caller has no better words: one message
//! each, ending in what to do about it.

use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Kind};
use crate::identity::wire::refusal::{Failure, ServiceError};
use crate::io::http::{Stage, TransportError};

impl Failure {
    /// The error for the user, where the caller has no better words.
    pub fn into_error(self) -> Error {
        match self {
            Self::Transport(error) => transport(&error),
            Self::Service(error) => service(&error),
            Self::Foreign { operation, host, what } => {
                Error::service(format!("`{host}` did not answer {operation} as AWS does"))
                    .cause(format!("{what}; a proxy or a network's sign-in page may have answered"))
                    .hint("open any web page to sign in to the network, or check `HTTPS_PROXY`")
            }
            Self::Repeating => Error::service("the access portal answers with pages that repeat")
                .cause("the list has no end; nothing of it is used")
                .hint("run the command again later; a proxy may answer from its memory"),
        }
    }
}

impl ServiceError {
    /// The error for what was refused because the clock is wrong here, by more than so many
    /// seconds.
    pub fn skewed(&self, now: Timestamp, tolerated: i64) -> Option<Error> {
        let off = now.seconds() - self.date?.seconds();
        if off.abs() <= tolerated {
            return None;
        }
        let time = match off.abs() {
            seconds @ ..120 => format!("{seconds} seconds"),
            seconds => format!("{} minutes", seconds / 60),
        };
        let way = if off > 0 { "ahead" } else { "behind" };
        let what = format!("the clock of this machine is {time} {way}");
        Some(Error::failed(what).cause(self.describe()).hint("set the clock, then try again"))
    }
}

fn transport(error: &TransportError) -> Error {
    let mut out = Error::service(error.to_string());
    for cause in &error.causes {
        out = out.cause(cause);
    }
    if error.stage == Stage::Overlong {
        return out.hint("AWS has no such answers: check `HTTPS_PROXY`, and who answers there");
    }
    let words = error.causes.join(" ").to_ascii_lowercase();
    if words.contains("caused as end entity") || words.contains("causedasendentity") {
        return out.hint("use a server certificate that is not itself a CA certificate");
    }
    if error.is_tls() {
        return out.hint(
            "if a proxy inspects TLS here, point `AWS_CA_BUNDLE` at its CA certificate (PEM)",
        );
    }
    if words.contains("proxy") || words.contains("tunnel") {
        return out.hint("check `HTTPS_PROXY` (user and password included) and `NO_PROXY`");
    }
    if words.contains("dns") || words.contains("lookup") || words.contains("resolve") {
        return out.hint(format!(
            "check the network, and that the Region in `{}` is right: run `ssoenv doctor`",
            error.host
        ));
    }
    out.hint("check the network, `HTTPS_PROXY` and `NO_PROXY`: run `ssoenv doctor`")
}

/// The error for what a service said, by its code.
fn service(error: &ServiceError) -> Error {
    let what = |text: String| Error::new(kind(error), text).cause(error.describe());
    let minutes = error.retry_after.map_or(1, |seconds| seconds.div_ceil(60)).max(1);
    let when = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
    if error.is_throttling() {
        return what(format!("`{}` asks to slow down", error.host))
            .hint(format!("wait {when}, then run the command again"));
    }
    if error.status >= 500 {
        let when = error.retry_after.map_or_else(|| "later".to_owned(), |_| format!("in {when}"));
        return what(format!("`{}` has trouble", error.host)).hint(format!(
            "run the command again {when}; AWS reports outages on `health.aws.amazon.com`"
        ));
    }
    match error.code.as_str() {
        "InvalidScopeException" => what("the service refuses the scopes".to_owned())
            .hint("set `sso_registration_scopes = sso:account:access` in the sso-session"),
        "InvalidClientMetadataException"
        | "InvalidRedirectUriException"
        | "UnsupportedGrantTypeException" => {
            what("the service refuses the client as it is registered".to_owned()).hint(
                "set `sso_registration_scopes = sso:account:access` in the sso-session, or log in \
                 with `--device-code`",
            )
        }
        "InvalidRequestRegionException" => what("the Region is the wrong one".to_owned())
            .hint("set `sso_region` to the Region that the message names"),
        _ => what(format!("`{}` refused {}", error.host, error.operation))
            .hint("run `ssoenv doctor`"),
    }
}

/// The exit code that an error answer leads to where nothing more is known.
fn kind(error: &ServiceError) -> Kind {
    if error.is_throttling() || error.status >= 500 {
        return Kind::Service;
    }
    match error.code.as_str() {
        "InvalidScopeException"
        | "InvalidClientMetadataException"
        | "InvalidRedirectUriException"
        | "UnsupportedGrantTypeException"
        | "InvalidRequestException"
        | "InvalidRequestRegionException" => Kind::Config,
        "AccessDeniedException" | "ExpiredTokenException" | "InvalidGrantException" => Kind::Failed,
        "UnauthorizedException" => Kind::LoginRequired,
        "ForbiddenException" | "ResourceNotFoundException" => Kind::Denied,
        _ => match error.status {
            401 => Kind::LoginRequired,
            403 | 404 => Kind::Denied,
            _ => Kind::Service,
        },
    }
}
