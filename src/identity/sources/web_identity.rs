//! Roles assumed with a token that another tool has written.

use crate::domain::credentials::Credentials;
use crate::domain::profile::Source;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::sources::entry;
use crate::identity::sources::request::Request;
use crate::identity::store::cached::{Wanted, cached_or_fetched};
use crate::identity::store::entry::Entry;
use crate::identity::wire::sts::{Sts, WebIdentity};
use crate::io::files;

/// Credentials of a role that is assumed with a web identity.
///
/// # Errors
/// `Config` for a token that cannot be used, `Denied` where the trust policy says no, `Service`.
pub fn credentials<'a>(
    request: &Request<'a>,
    source: &'a Source,
    token_file: &str,
    role_arn: &str,
    name: Option<&str>,
    wanted: Wanted,
) -> Result<Credentials> {
    let entry = Entry { source, hash: entry::web_identity(token_file, role_arn, name) };
    let fetch = |()| fetch(request, token_file, role_arn, name);
    cached_or_fetched(request.app, &entry, &format!("`{role_arn}`"), wanted, || Ok(()), fetch)
}

fn fetch(
    request: &Request<'_>,
    token_file: &str,
    role_arn: &str,
    name: Option<&str>,
) -> Result<Credentials> {
    let wrong = |why: String| {
        Error::config(format!("the web identity token `{token_file}` cannot be used"))
            .cause(why)
            .hint("let the tool that makes the token write it again")
    };
    let token = files::read(token_file.as_ref());
    let token = token.map_err(|error| wrong(error.to_string()))?;
    let token = token.ok_or_else(|| wrong("there is no such file".to_owned()))?;
    let token = String::from_utf8(token).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let token = Secret::new(token.trim());
    let sts = Sts::new(request.app, &request.target.connection, &request.sts_region()?)?;
    let name = request.session_name(name);
    let role = WebIdentity { role_arn, session_name: &name, token: &token };
    let answer = sts.assume_role_with_web_identity(&role)?;
    answer.map_err(|failure| match failure.service() {
        Some(error) if error.is(&["ExpiredTokenException", "ExpiredToken"]) => {
            wrong("it has expired".to_owned())
        }
        Some(error) if error.is(&["AccessDenied", "AccessDeniedException"]) => {
            Error::denied(format!("the role `{role_arn}` may not be assumed with this token"))
                .cause(error.describe())
                .hint("check the role's trust policy")
        }
        _ => sts.error(failure),
    })
}
