//! Answers that a test can order instead of the normal one.

use crate::answer::{Answer, oidc_error, portal_error, signin_error, sts_error};
use crate::operation::{Family, Operation};
use serde_json::Value;
use std::time::Duration;

/// An answer ordered with [`crate::IdentityCenter::script`] or [`crate::IdentityCenter::always`].
#[derive(Clone, Debug)]
pub enum Reply {
    /// The normal behavior.
    Normal,
    /// `authorization_pending`
    Pending,
    /// `slow_down`; the simulator then expects a poll interval that is 5 s longer.
    SlowDown,
    /// `expired_token`
    Expired,
    /// `access_denied`; on the authorize page the person denies.
    Denied,
    /// `invalid_grant`
    InvalidGrant,
    /// `invalid_client` (401)
    InvalidClient,
    /// `unauthorized_client`
    UnauthorizedClient,
    /// `invalid_request` with an empty description, as a wrong region answers.
    InvalidRequestEmpty,
    /// A status with the body that the service sends with it.
    Status(u16),
    /// The same with `Retry-After` in seconds.
    StatusRetryAfter(u16, u32),
    /// A service error of your own.
    Error {
        /// HTTP status
        status: u16,
        /// For OIDC the exception name (`InvalidScopeException`), else the error code.
        code: String,
        /// Message or error description.
        message: String,
    },
    /// A whole answer of your own.
    Raw {
        /// HTTP status
        status: u16,
        /// `Content-Type`
        content_type: String,
        /// Body, sent as it is.
        body: String,
    },
    /// The ordered answer without `x-amzn-ErrorType`.
    NoErrorTypeHeader(Box<Reply>),
    /// Wait, then the ordered answer, or the normal one.
    Delay(Duration, Option<Box<Reply>>),
    /// The connection is closed without an answer; the request has no effect.
    Drop,
    /// The request has its effect, the answer is lost: closed without one byte.
    LostAnswer,
    /// The normal answer, cut off in the middle of the body.
    ResetMidBody,
    /// The normal answer, one byte per duration.
    SlowLoris(Duration),
    /// The normal JSON changed by a merge patch (RFC 7396): `null` removes a member.
    Patch(Value),
    /// 200 with a body that is not JSON.
    Garbage,
    /// The normal JSON cut in half, with a `Content-Length` that fits.
    Truncated,
    /// 200 `text/html`, as a network's sign-in page answers.
    CaptivePortal,
    /// A redirect to this address.
    Redirect(String),
}

/// How an answer gets onto the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Delivery {
    #[default]
    Whole,
    Nothing,
    HalfThenReset,
    Bytewise(Duration),
}

impl Reply {
    /// A whole JSON answer of your own.
    #[must_use]
    pub fn json(body: &str) -> Self {
        let content_type = "application/json".to_owned();
        Self::Raw { status: 200, content_type, body: body.to_owned() }
    }

    /// Does the normal behavior run, and its effects with it?
    pub(crate) fn runs_normally(&self) -> bool {
        match self {
            Self::Normal
            | Self::LostAnswer
            | Self::ResetMidBody
            | Self::SlowLoris(_)
            | Self::Truncated
            | Self::Patch(_)
            | Self::Delay(_, None) => true,
            Self::Delay(_, Some(inner)) | Self::NoErrorTypeHeader(inner) => inner.runs_normally(),
            _ => false,
        }
    }

    /// A complete 429 or 5xx answer (or `slow_down`): the client may send the same again.
    pub(crate) fn may_be_repeated(&self) -> bool {
        match self {
            Self::SlowDown | Self::Pending => true,
            Self::Status(s) | Self::StatusRetryAfter(s, _) => *s == 429 || *s >= 500,
            Self::Error { status, .. } | Self::Raw { status, .. } => {
                *status == 429 || *status >= 500
            }
            Self::Delay(_, Some(inner)) | Self::NoErrorTypeHeader(inner) => inner.may_be_repeated(),
            _ => false,
        }
    }

    /// The time to wait before answering.
    pub(crate) fn delay(&self) -> Duration {
        match self {
            Self::Delay(d, inner) => *d + inner.as_ref().map_or(Duration::ZERO, |r| r.delay()),
            Self::NoErrorTypeHeader(inner) => inner.delay(),
            _ => Duration::ZERO,
        }
    }

    pub(crate) fn delivery(&self) -> Delivery {
        match self {
            Self::Drop | Self::LostAnswer => Delivery::Nothing,
            Self::ResetMidBody => Delivery::HalfThenReset,
            Self::SlowLoris(d) => Delivery::Bytewise(*d),
            Self::Delay(_, Some(inner)) | Self::NoErrorTypeHeader(inner) => inner.delivery(),
            _ => Delivery::Whole,
        }
    }

    /// The answer; `normal` is what the simulator itself would say.
    pub(crate) fn answer(&self, op: Operation, normal: impl FnOnce() -> Answer) -> Answer {
        match self {
            Self::Pending => {
                oidc_error(400, "AuthorizationPendingException", "Authorization is still pending")
            }
            Self::SlowDown => oidc_error(400, "SlowDownException", "Slow down"),
            Self::Expired => oidc_error(400, "ExpiredTokenException", "Device code has expired"),
            Self::Denied => oidc_error(400, "AccessDeniedException", "Access denied"),
            Self::InvalidGrant => {
                oidc_error(400, "InvalidGrantException", "Invalid grant provided")
            }
            Self::InvalidClient => {
                oidc_error(401, "InvalidClientException", "Invalid client provided")
            }
            Self::UnauthorizedClient => oidc_error(
                400,
                "UnauthorizedClientException",
                "Client is not authorized to perform the action",
            ),
            Self::InvalidRequestEmpty => oidc_error(400, "InvalidRequestException", ""),
            Self::Status(status) => of_status(op, *status),
            Self::StatusRetryAfter(status, seconds) => {
                of_status(op, *status).header("retry-after", seconds.to_string())
            }
            Self::Error { status, code, message } => of_code(op, *status, code, message),
            Self::Raw { status, content_type, body } => {
                Answer::new(*status, content_type, body.clone())
            }
            Self::NoErrorTypeHeader(inner) => {
                let mut answer = inner.answer(op, normal);
                answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-amzn-errortype"));
                answer
            }
            Self::Delay(_, Some(inner)) => inner.answer(op, normal),
            Self::Truncated => {
                let mut answer = normal();
                answer.body.truncate(answer.body.len() / 2);
                answer
            }
            Self::Patch(patch) => {
                let mut answer = normal();
                if let Ok(mut value) = serde_json::from_slice(&answer.body) {
                    merge(&mut value, patch);
                    answer.body = value.to_string().into_bytes();
                }
                answer
            }
            Self::Garbage => Answer::new(200, "application/json", "\u{fffd}}{ not json <"),
            Self::CaptivePortal => Answer::new(
                200,
                "text/html",
                "<!doctype html><title>Welcome</title><p>Accept the terms to use this network.</p>",
            ),
            Self::Redirect(to) => Answer::redirect(to),
            Self::Drop => Answer::new(0, "text/plain", ""),
            Self::Normal
            | Self::LostAnswer
            | Self::ResetMidBody
            | Self::SlowLoris(_)
            | Self::Delay(_, None) => normal(),
        }
    }
}

fn merge(value: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        value.clone_from(patch);
        return;
    };
    if !value.is_object() {
        *value = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(members) = value {
        for (name, change) in changes {
            if change.is_null() {
                members.shift_remove(name);
            } else {
                merge(members.entry(name.clone()).or_insert(Value::Null), change);
            }
        }
    }
}

/// What the service says with a bare status.
fn of_status(op: Operation, status: u16) -> Answer {
    let code = match (op.family(), status) {
        (Family::Sts, 400) => "ValidationError",
        (Family::Sts, 403) => "AccessDenied",
        (Family::Sts, 429) => "Throttling",
        (Family::Sts, 503) => "ServiceUnavailable",
        (Family::Sts, _) => "InternalFailure",
        (Family::Login, 500..) => "server_error",
        (Family::Login, _) => "INVALID_REQUEST",
        (Family::Oidc, 401) => "InvalidClientException",
        (Family::Portal, 401) => "UnauthorizedException",
        (Family::Portal, 403) => "ForbiddenException",
        (Family::Portal, 404) => "ResourceNotFoundException",
        (_, 429) => "TooManyRequestsException",
        (_, 400..=499) => "InvalidRequestException",
        _ => "InternalServerException",
    };
    let message = match (op.family(), status) {
        (Family::Portal, 401) => "Session token not found or invalid".to_owned(),
        (Family::Portal, 403) => "No access".to_owned(),
        (Family::Portal, _) => format!("HTTP {status} Unknown Code"),
        _ => String::new(),
    };
    of_code(op, status, code, &message)
}

fn of_code(op: Operation, status: u16, code: &str, message: &str) -> Answer {
    match op.family() {
        Family::Oidc => oidc_error(status, code, message),
        Family::Portal => portal_error(status, code, message),
        Family::Sts => sts_error(status, code, message),
        Family::Login => signin_error(status, code, message),
        Family::Signin | Family::Page => Answer::new(status, "text/plain", message),
    }
}
