//! Roles assumed through STS: ssoenv's own cache, else one call of one process.

use crate::domain::credentials::Credentials;
use crate::domain::names::ProfileName;
use crate::domain::profile::{AssumeRole, Source};
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::sources::request::Request;
use crate::identity::sources::stale;
use crate::identity::store::roles::Cached;
use crate::identity::store::{assumed_roles, session_state};
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::sts::{self, Sts};
use crate::io::App;
use crate::io::ask::{self, Question};

/// The longest life of a role that is assumed with another role's credentials.
const CHAINED_SECONDS: u32 = 3600;

/// Credentials of an `AssumeRole` or `WebIdentity` source. Cached ones serve by the rule for all
/// credentials; of many processes one calls STS.
///
/// # Errors
/// `Denied` where the trust policy says no, `Usage` where a code is needed and nobody can be
/// asked, `Config` for what STS does not accept, and the errors of the source.
pub fn credentials<'a>(
    request: &Request<'a>,
    source: &'a Source,
    outermost: bool,
) -> Result<Credentials> {
    let app = request.app;
    let Some(hash) = assumed_roles::key_hash(app, source) else { return fetch(request, source) };
    let before = assumed_roles::load(app, &hash)?;
    let will_do = |cached: &Cached| request.will_do(cached, outermost);
    if let Some(cached) = before.as_ref().filter(|cached| will_do(cached)) {
        log::info!("credentials of {}: cache hit", label(source));
        return Ok(cached.credentials.clone());
    }
    log::info!("credentials of {}: cache miss", label(source));
    match fetch_once(request, source, &hash, before.as_ref()) {
        Ok(credentials) => Ok(credentials),
        Err(error) => {
            let spare = before.filter(|_| !(outermost && request.policy.fresh));
            stale::instead(app, &label(source), spare, error)
        }
    }
}

fn fetch_once<'a>(
    request: &Request<'a>,
    source: &'a Source,
    hash: &str,
    before: Option<&Cached>,
) -> Result<Credentials> {
    let app = request.app;
    // The source and the code first: a person may take minutes, and others need not wait for that.
    let assuming = match source {
        Source::AssumeRole(assume) => {
            Some((assume, request.source_of(assume, false)?, mfa_code(request, assume)?))
        }
        _ => None,
    };
    let _lock = session_state::role_lock(app, hash)?;
    // Another process may have got them while this one waited.
    if let Some(cached) = assumed_roles::load(app, hash)?
        && before.is_none_or(|before| before.credentials != cached.credentials)
        && request.has_enough_left(&cached)
    {
        return Ok(cached.credentials);
    }
    let credentials = match assuming {
        Some((assume, keys, code)) => assume_role(request, assume, keys, code.as_ref())?,
        None => fetch(request, source)?,
    };
    if let Err(error) = assumed_roles::store(app, hash, source, &credentials) {
        // They are good all the same.
        app.term.warn(&format!("the credentials were not cached: {error}"));
    }
    Ok(credentials)
}

fn fetch(request: &Request, source: &Source) -> Result<Credentials> {
    match source {
        Source::WebIdentity { token_file, role_arn, role_session_name } => {
            web_identity(request, token_file, role_arn, role_session_name.as_deref())
        }
        _ => Err(Error::config("this profile assumes no role").hint("run `ssoenv doctor`")),
    }
}

fn assume_role<'a>(
    request: &Request<'a>,
    assume: &'a AssumeRole,
    mut keys: Credentials,
    code: Option<&Secret>,
) -> Result<Credentials> {
    let app = request.app;
    let sts = Sts::new(app, &request.target.connection, &request.sts_region())?;
    let name = session_name(app, assume.role_session_name.as_deref());
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
                mfa: assume.mfa_serial.as_deref().zip(code),
            },
        )
    };
    let mut answer: CallResult<Credentials> = call(&keys, seconds)?;
    if is_about(&answer, &["ExpiredToken", "ExpiredTokenException"])
        && matches!(*assume.source, Source::Sso(_))
    {
        log::info!("AWS says that the source's credentials have expired: getting new ones");
        keys = request.source_of(assume, true)?;
        answer = call(&keys, seconds)?;
    }
    // Whose keys a program prints or the environment holds is known only now.
    if is_chaining_limit(&answer)
        && let Some(wanted) = seconds.filter(|seconds| *seconds > CHAINED_SECONDS)
    {
        answer = call(&keys, Some(clamped(app, assume, wanted)))?;
    }
    answer.map_err(|failure| refused(&sts, assume, failure))
}

/// Whether the source certainly gives a role's credentials, so that the chaining limit holds.
fn is_role(source: &Source) -> bool {
    matches!(
        source,
        Source::Sso(_)
            | Source::AssumeRole(_)
            | Source::WebIdentity { .. }
            | Source::InstanceMetadata
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
        return Err(Error::login_required(format!("the role `{arn}` needs a new code"))
            .cause(format!("`{serial}` gives it to a person"))
            .hint("run `ssoenv use PROFILE --fresh`, then this again"));
    }
    let question = Question {
        text: &format!("MFA code for {serial}"),
        instead: "--mfa-token CODE",
        ..Question::default()
    };
    let check = std::rc::Rc::new(move |text: &str| {
        if is_code(text) { Ok(()) } else { Err("a code has six digits".to_owned()) }
    });
    let code = ask::text(request.app, &question, check).map_err(|error| {
        if error.kind == crate::domain::Kind::Interrupted {
            return error;
        }
        error.cause(format!("the role `{}` needs a code of `{serial}`", assume.role_arn))
    })?;
    Ok(Some(Secret::new(code)))
}

/// The configured name, or one that tells the sessions of ssoenv apart.
fn session_name(app: &App, configured: Option<&str>) -> String {
    let now = app.clock.now().seconds();
    configured.map_or_else(|| format!("ssoenv-session-{now}"), str::to_owned)
}

fn web_identity(
    request: &Request,
    token_file: &str,
    role_arn: &str,
    name: Option<&str>,
) -> Result<Credentials> {
    let app = request.app;
    let wrong = |why: String| {
        Error::config(format!("the web identity token `{token_file}` cannot be used"))
            .cause(why)
            .hint("let the tool that makes the token write it again")
    };
    let token = crate::io::files::read(token_file.as_ref());
    let token = token.map_err(|error| wrong(error.to_string()))?;
    let token = token.ok_or_else(|| wrong("there is no such file".to_owned()))?;
    let token = String::from_utf8(token).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let token = Secret::new(token.trim());
    let sts = Sts::new(app, &request.target.connection, &request.sts_region())?;
    let name = session_name(app, name);
    let role = sts::WebIdentity { role_arn, session_name: &name, token: &token };
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

fn label(source: &Source) -> String {
    match source {
        Source::AssumeRole(assume) => format!("`{}`", assume.role_arn),
        Source::WebIdentity { role_arn, .. } => format!("`{role_arn}`"),
        other => other.word().to_owned(),
    }
}
