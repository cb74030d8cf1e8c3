//! What a login that failed is told as.

use super::Context;
use crate::domain::Error;
use crate::identity::instance::wrong_region;
use crate::identity::wire::refusal::Failure;

impl Context<'_> {
    /// The error for a failed call, with what a wrong Region or start URL looks like.
    pub(super) fn refused(&self, failure: Failure) -> Error {
        match failure.service() {
            Some(error) if error.is_empty_invalid_request() => {
                self.wrong_place.set(true);
                let (region, url) = (&self.resolved.region, &self.resolved.start_url);
                Error::config(format!(
                    "the Identity Center in `{region}` does not know the start URL `{url}`"
                ))
                .cause(error.describe())
                .hint("check `sso_region` and `sso_start_url`: run `ssoenv doctor --fix`")
            }
            Some(error) if error.is(&["AccessDeniedException"]) => {
                let described = error.describe();
                self.denied(&described)
            }
            Some(error) if error.is(&["ExpiredTokenException"]) => self.too_late(),
            Some(error) if error.is(&["InvalidGrantException"]) => {
                Error::failed("the login was not accepted")
                    .cause(error.describe())
                    .hint(format!("run `{}` again", self.command()))
            }
            _ => {
                if wrong_region::may_be_misspelt(&self.resolved.region, &failure) {
                    self.wrong_place.set(true);
                }
                failure.into_error()
            }
        }
    }

    /// The service does not know even the client that it has just registered.
    pub(super) fn unknown_client(&self) -> Error {
        Error::service("the service does not accept the client it registered").hint(format!(
            "run `{}` again in a minute; if that does not help, run `ssoenv doctor`",
            self.command()
        ))
    }

    pub(super) fn denied(&self, cause: &str) -> Error {
        Error::failed(format!("the login to `{}` was denied in the browser", self.session.label()))
            .cause(cause)
            .hint(format!("run `{}` and allow the request", self.command()))
    }

    pub(super) fn too_late(&self) -> Error {
        Error::failed(format!("nobody finished the login to `{}` in time", self.session.label()))
            .hint(format!("run `{}` again", self.command()))
            .hint("if the page in the browser showed an error, run `ssoenv doctor`")
    }
}
