//! `exec --serve`: the command beside an endpoint that keeps its credentials fresh.

use std::ffi::OsString;
use std::sync::Arc;

use crate::commands::serve;
use crate::commands::shared::guard::Permit;
use crate::commands::shared::switch;
use crate::config::Config;
use crate::domain::Result;
use crate::domain::env_delta::{EnvDelta, KEY_VARIABLES};
use crate::domain::names::ProfileName;
use crate::domain::profile::Source;
use crate::identity::Policy;
use crate::identity::container_endpoint::{self, ContainerEndpoint};
use crate::io::{App, child};

use super::start;

/// Files in which a default profile would win over the endpoint.
const FILES: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];

/// Runs the command; the endpoint ends with it.
pub fn run(
    app: &App,
    config: &Config,
    mut permit: Permit,
    policy: Policy,
    command: &[OsString],
) -> Result<u8> {
    let who = start::typed(permit.target());
    let mut delta = start::variables(app, &mut permit, &policy)?;
    let plan = permit.plan().clone();
    let listener = serve::bind(None)?;
    let own = App::new(app.env.clone(), app.term, app.assume_yes);
    // They were got a moment ago: nobody is asked twice.
    let offer = permit.offer(policy.silent());
    let endpoint = Arc::new(ContainerEndpoint::new(own, listener.port, vec![offer])?);
    take_over(config, &mut delta, &endpoint);
    let delta = switch::fitting(&plan, delta)?;
    let child = child::run(start::command(command, &delta));
    let ended = app.run_undisturbed(container_endpoint::serve(&listener, endpoint, child))??;
    Ok(ended.unwrap_or_else(|error| start::not_started(app, &who, command, &error)))
}

/// The endpoint in the place of the keys. SDKs look into the AWS files first: a default profile
/// with credentials of its own would make the command somebody else.
fn take_over(config: &Config, delta: &mut EnvDelta, endpoint: &ContainerEndpoint) {
    for name in KEY_VARIABLES {
        delta.unset(name);
    }
    if let Some(uri) = endpoint.uris().first() {
        delta.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", &**uri);
    }
    delta.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", endpoint.token().expose());
    // They are not in the environment to be compared, and the endpoint does what it would do.
    for name in ["SSOENV_KEY_ID", "SSOENV_REFRESH_AT", "SSOENV_STAMP", "SSOENV_GEN"] {
        delta.unset(name);
    }
    let default = config.target(&ProfileName::new("default"));
    if default.is_ok_and(|default| !matches!(default.source, Source::Other(_))) {
        log::info!("the default profile has credentials: the command does not see the AWS files");
        for name in FILES {
            delta.set(name, if cfg!(windows) { "NUL" } else { "/dev/null" });
        }
    }
}
