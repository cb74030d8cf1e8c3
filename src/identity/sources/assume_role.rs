//! Roles assumed with the credentials of another source.

use crate::domain::credentials::Credentials;
use crate::domain::names::ProfileName;
use crate::domain::profile::{AssumeRole, Source};
use crate::domain::secret::Secret;
use crate::domain::{Error, Kind, Result};
use crate::identity::sources::entry;
use crate::identity::sources::request::Request;
use crate::identity::store::cached::{Wanted, cached_or_fetched};
use crate::identity::store::entry::Entry;
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::sts::{self, Sts};
use crate::io::App;
use crate::io::ask::{self, Question};

/// The longest life of a role that is assumed with another role's credentials.
const CHAINED_SECONDS: u32 = 3600;

/// Credentials of an assumed role. The source and the code come first: a person may take minutes.
///
/// # Errors
/// `Denied` where the trust policy says no, `Usage` where a code is needed and nobody can be
/// asked, `Config` for what STS does not accept, and the errors of the source.
pub fn credentials<'a>(
    request: &Request<'a>,
    source: &'a Source,
    assume: &'a AssumeRole,
    wanted: Wanted,
) -> Result<Credentials> {
    let entry = Entry { source, hash: entry::assumed(request.app, assume) };
    let label = format!("`{}`", assume.role_arn);
    let prepare = || Ok((source_of(request, assume, false)?, mfa_code(request, assume)?));
    let fetch = |(keys, code): (_, Option<Secret>)| call(request, assume, keys, code.as_ref());
    cached_or_fetched(request.app, &entry, &label, wanted, prepare, fetch)
}

/// What the role is assumed with.
fn source_of<'a>(
    request: &Request<'a>,
    assume: &'a AssumeRole,
    fresh: bool,
) -> Result<Credentials> {
    let wanted = Wanted { fresh, ..Wanted::default() };
    request.get(&assume.source, assume.source_profile.as_ref(), wanted)
}

fn call<'a>(
    request: &Request<'a>,
    assume: &'a AssumeRole,
    mut keys: Credentials,
    code: Option<&Secret>,
) -> Result<Credentials> {
    let app = request.app;
    let sts = Sts::new(app, &request.target.connection, &request.sts_region()?)?;
    let name = request.session_name(assume.role_session_name.as_deref());
    let mut seconds = assume.duration_seconds;
    if is_role(&assume.source) {
        seconds = seconds.map(|seconds| clamped(app, assume, seconds));
    }
    let call = |keys: &Credentials, seconds| {
        sts.assume_role(
            keys,
            &sts::AssumeRole {
                role_arn: &assume.role_arn,
                session_name: &name,
                duration_seconds: seconds,
                external_id: assume.external_id.as_deref(),
                policy: assume.policy.as_deref(),
                policy_arns: &assume.policy_arns,
                mfa: assume.mfa_serial.as_deref().zip(code),
            },
        )
    };
    let mut answer: CallResult<Credentials> = call(&keys, seconds)?;
    if is_about(&answer, &["ExpiredToken", "ExpiredTokenException"])
        && matches!(*assume.source, Source::Sso(_) | Source::Login(_))
    {
        log::info!("AWS says that the source's credentials have expired: getting new ones");
        keys = source_of(request, assume, true)?;
        answer = call(&keys, seconds)?;
    }
    // Whose keys a program prints or the environment holds is known only now.
    if is_chaining_limit(&answer)
        && let Some(wanted) = seconds.filter(|seconds| *seconds > CHAINED_SECONDS)
    {
        answer = call(&keys, Some(clamped(app, assume, wanted)))?;
    }
    let error = |failure| refused(&sts, assume, failure);
    match code {
        // Whoever waits has a code too, and not this one.
        Some(_) => answer.map_err(|failure| match error(failure) {
            error if error.kind == Kind::Service => error,
            error => error.own(),
        }),
        None => answer.map_err(error),
    }
}

/// Whether the source certainly gives a role's credentials, so that the chaining limit holds.
fn is_role(source: &Source) -> bool {
    if let Source::Login(session) = source {
        return session.role_name().is_some();
    }
    matches!(
        source,
        Source::Sso(_)
            | Source::AssumeRole(_)
            | Source::WebIdentity { .. }
            | Source::InstanceMetadata(_)
            | Source::Container
    )
}

fn clamped(app: &App, assume: &AssumeRole, seconds: u32) -> u32 {
    if seconds > CHAINED_SECONDS {
        app.term.warn(&format!(
            "`{}` is assumed for one hour instead of {seconds} seconds: AWS allows no more to a \
             role on top of a role",
            assume.role_arn
        ));
    }
    seconds.min(CHAINED_SECONDS)
}

fn is_about(answer: &CallResult<Credentials>, codes: &[&str]) -> bool {
    answer.as_ref().err().and_then(Failure::service).is_some_and(|error| error.is(codes))
}

fn is_chaining_limit(answer: &CallResult<Credentials>) -> bool {
    let error = answer.as_ref().err().and_then(Failure::service);
    error.is_some_and(|e| e.is(&["ValidationError"]) && e.message.contains("role chaining"))
}

/// The code of the MFA device, where the profile names one: given, or asked on the terminal.
fn mfa_code(request: &Request<'_>, assume: &AssumeRole) -> Result<Option<Secret>> {
    let Some(serial) = &assume.mfa_serial else { return Ok(None) };
    let is_code = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(code) = &request.policy.mfa_token {
        if !is_code(code.expose()) {
            return Err(Error::usage("`--mfa-token` is not a code of six digits")
                .hint("pass the code that your device shows"));
        }
        return Ok(Some(code.clone()));
    }
    if !request.policy.may_ask {
        let arn = &assume.role_arn;
        let error = Error::login_required(format!("the role `{arn}` needs a new code"))
            .cause(format!("`{serial}` gives it to a person"))
            .hint("run `ssoenv use PROFILE --fresh`, then this again");
        return Err(request.policy.login.explain(error));
    }
    let question = Question {
        text: &format!("MFA code for {serial}"),
        instead: "--mfa-token CODE",
        ..Question::default()
    };
    let check =
        |text: &str| if is_code(text) { Ok(()) } else { Err("a code has six digits".to_owned()) };
    let code = ask::text(request.app, &question, &check).map_err(|error| {
        if error.kind == Kind::Interrupted {
            return error;
        }
        error.cause(format!("the role `{}` needs a code of `{serial}`", assume.role_arn))
    })?;
    Ok(Some(Secret::new(code)))
}

fn refused(sts: &Sts, assume: &AssumeRole, failure: Failure) -> Error {
    let arn = &assume.role_arn;
    let Some(error) =
        failure.service().filter(|e| e.is(&["AccessDenied", "AccessDeniedException"]))
    else {
        return sts.error(failure);
    };
    let source = assume.source_profile.as_ref().map_or("its source", ProfileName::as_str);
    let denied = Error::denied(format!("the role `{arn}` may not be assumed with `{source}`"))
        .cause(error.describe());
    if error.message.contains("MultiFactorAuthentication") {
        return denied.hint("enter the next code of the device; each works once");
    }
    denied.hint("check the role's trust policy, and `external_id` and `mfa_serial` of the profile")
}
