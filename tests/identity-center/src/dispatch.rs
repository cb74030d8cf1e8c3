//! From a request to an answer: rules for all, then the service's own.

use crate::answer::Answer;
use crate::call::Call;
use crate::hosts;
use crate::operation::{Family, Operation};
use crate::reply::Reply;
use crate::state::State;
use crate::{console, oidc, pages, portal, signin, sts};

/// The answer to a request for which `reply` was ordered.
pub(crate) fn answer(state: &mut State, call: &Call, reply: &Reply) -> Answer {
    if let Err(refusal) = host(state, call) {
        return refusal;
    }
    if call.op == Operation::Authorize && matches!(reply, Reply::Denied) {
        return oidc::authorize::denied(state, call).unwrap_or_else(|refusal| refusal);
    }
    if call.op == Operation::SigninAuthorize && matches!(reply, Reply::Denied) {
        return signin::authorize::denied(state, call).unwrap_or_else(|refusal| refusal);
    }
    if !reply.runs_normally() {
        lint(state, call, reply);
    }
    reply.answer(call.op, || normal(state, call))
}

fn normal(state: &mut State, call: &Call) -> Answer {
    let result = match call.op {
        Operation::RegisterClient => oidc::register::register(state, call),
        Operation::StartDeviceAuthorization => oidc::device::start(state, call),
        Operation::Authorize => oidc::authorize::authorize(state, call),
        Operation::CreateToken => oidc::token::create(state, call),
        Operation::SigninAuthorize => signin::authorize::authorize(state, call),
        Operation::SigninConfirmation => Ok(signin::authorize::confirmation(call)),
        Operation::CreateOAuth2Token => signin::token::create(state, call),
        Operation::DevicePage => Ok(oidc::device::page(state, call)),
        Operation::StartPage => Ok(Answer::html(200, pages::portal(state))),
        Operation::Vanity => Ok(Answer::redirect(&state.start_url)),
        Operation::BrowserNoise => Ok(Answer::new(404, "text/plain", "")),
        Operation::Unknown => {
            state.violate(call, format!("{} {} is no operation", call.method, call.path));
            Ok(Answer::new(404, "application/json", "{\"message\":null}")
                .header("x-amzn-ErrorType", "UnknownOperationException"))
        }
        op => match op.family() {
            Family::Portal => portal::answer(state, call),
            Family::Sts => sts::answer(state, call),
            _ => console::answer(state, call),
        },
    };
    result.unwrap_or_else(|refusal| refusal)
}

/// The form of a request is checked even when its answer was ordered.
fn lint(state: &mut State, call: &Call, reply: &Reply) {
    match call.op {
        Operation::RegisterClient => oidc::register::lint(state, call),
        Operation::StartDeviceAuthorization => oidc::device::lint(state, call),
        Operation::CreateToken => oidc::token::lint(
            state,
            call,
            reply.may_be_repeated(),
            matches!(reply, Reply::SlowDown),
        ),
        Operation::CreateOAuth2Token => {
            signin::token::lint(state, call, reply.may_be_repeated());
        }
        op => match op.family() {
            Family::Portal => portal::lint(state, call),
            Family::Sts => sts::lint(state, call),
            _ => {}
        },
    }
}

/// Behind the proxy a request has to be on the right host; everywhere its `Host` has to be the one connected to.
fn host(state: &mut State, call: &Call) -> Result<(), Answer> {
    let wrong = || Answer::new(421, "text/plain", "this host does not serve that");
    let Some(sent) = call.header("host") else {
        state.violate(call, "no Host header");
        return Err(wrong());
    };
    let Some(host) = &call.via.host else {
        return Ok(());
    };
    if call.via.vanity {
        return Ok(());
    }
    let name = sent.rsplit_once(':').map_or(sent, |(name, _)| name);
    if !name.eq_ignore_ascii_case(host) {
        state.violate(call, format!("Host {sent} on a connection to {host}"));
        return Err(wrong());
    }
    match hosts::recognize(host) {
        Some(h) if hosts::serves(h.service, call.op) => Ok(()),
        _ => {
            state.violate(call, format!("sent to {host}"));
            Err(wrong())
        }
    }
}

/// The request had its effect but the client may never learn of it: it must not send the same again.
pub(crate) fn outcome_unknown(state: &mut State, call: &Call) {
    match call.op {
        Operation::CreateToken => oidc::token::sent(state, call),
        Operation::CreateOAuth2Token => signin::token::sent(state, call),
        _ => {}
    }
}
