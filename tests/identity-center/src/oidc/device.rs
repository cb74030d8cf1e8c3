//! `StartDeviceAuthorization` and the page on which a person confirms the code.

use super::{GRANT_DEVICE, client};
use crate::answer::{Answer, oidc_error};
use crate::call::{Call, find};
use crate::fields::{Fields, object, required};
use crate::pages;
use crate::secrets::user_code;
use crate::state::{Decision, Device, State};
use serde_json::json;

fn parse(state: &mut State, call: &Call) -> Result<Fields, Answer> {
    super::unsigned(state, call)?;
    let fields = object(state, call, &["clientId", "clientSecret", "startUrl"])?;
    for name in ["clientId", "clientSecret", "startUrl"] {
        required(state, call, &fields, name)?;
    }
    Ok(fields)
}

/// Checks the form of a request alone.
pub(crate) fn lint(state: &mut State, call: &Call) {
    let _ = parse(state, call);
}

pub(crate) fn start(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let fields = parse(state, call)?;
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let client = client(state, call, &text("clientId"), &text("clientSecret"))?;
    if !client.may(GRANT_DEVICE) {
        state.violate(call, "the client is registered for other grants");
        return Err(oidc_error(
            400,
            "UnauthorizedClientException",
            "Client is not authorized to perform the action",
        ));
    }
    if text("startUrl") != state.start_url || call.via.region != state.region {
        return Err(oidc_error(400, "InvalidRequestException", ""));
    }
    let device = Device {
        code: state.secrets.token("", 120),
        user_code: user_code(),
        client_id: client.id,
        expires: state.now() + state.lifetimes.device_code,
        decision: Decision::Open,
        polls: 0,
        last_poll: None,
        interval: state.lifetimes.interval,
        told_to_slow_down: false,
        used: false,
    };
    let page = format!("{}/device", state.url);
    let body = json!({
        "deviceCode": device.code,
        "expiresIn": state.lifetimes.device_code.as_secs(),
        "interval": state.lifetimes.interval.as_secs(),
        "userCode": device.user_code,
        "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={}", device.user_code),
    });
    state.devices.push(device);
    Ok(Answer::json(200, &body))
}

/// The page for the person; opening the complete address approves when the simulator approves by itself.
pub(crate) fn page(state: &mut State, call: &Call) -> Answer {
    let form = call.form();
    let typed = find(&form, "user_code")
        .or_else(|| call.param("user_code"))
        .map(|code| code.trim().to_ascii_uppercase());
    let Some(code) = typed else {
        return Answer::html(200, pages::enter_code());
    };
    let decision = match (call.method.as_str(), find(&form, "decision")) {
        ("POST", Some("approve")) => Decision::Approved,
        ("POST", Some("deny")) => Decision::Denied,
        _ if state.auto_approve => Decision::Approved,
        _ => Decision::Open,
    };
    let now = state.now();
    let known = state.devices.iter_mut().find(|d| d.user_code == code && d.expires > now);
    let Some(device) = known else {
        return Answer::html(
            404,
            pages::message("Unknown code", "This code does not exist or has expired."),
        );
    };
    if decision != Decision::Open {
        device.decision = decision;
    }
    match decision {
        Decision::Open => Answer::html(200, pages::confirm_device(state, &code)),
        Decision::Approved => Answer::html(200, pages::approved()),
        Decision::Denied => Answer::html(200, pages::denied()),
    }
}
