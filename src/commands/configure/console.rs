//! `configure --console`: a profile of a console login. The Region comes first, because a login is
//! refreshed only where it was made; the identity is whoever signs in.

use super::write::{self, Written};
use super::{answers::Answers, next, questions};
use crate::commands::shared::profile_name;
use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::Result;
use crate::domain::login_session::LoginSession;
use crate::domain::names::ProfileName;
use crate::domain::partition::AWS;
use crate::domain::region::ProfileRegion;
use crate::identity::LoginPolicy;
use crate::identity::session::login_request::LoginRequest;
use crate::identity::session::login_session;
use crate::io::App;

/// Asks, lets a person sign in, writes.
pub fn run(
    app: &App,
    config: &Config,
    settings: &Settings,
    policy: &LoginPolicy,
    mut answers: Answers,
    dry_run: bool,
) -> Result<u8> {
    questions::judge_the_last(config, &mut answers)?;
    let region = questions::region(app, config, settings, Some(AWS.global_region), &mut answers)?;
    let nobody = LoginSession::of_anybody(
        region.as_deref().map_or(ProfileRegion::NONE, ProfileRegion::good),
    );
    let existing = answers.profile.as_deref().filter(|name| config.has_profile(name));
    let connection = config.connection(existing)?;
    let request = LoginRequest {
        session: &nobody,
        connection: &connection,
        policy,
        profile: None,
        region: region.as_deref(),
    };
    let session = login_session::begin(app, request)?;
    app.term.say(&format!("Logged in as `{}`.", session.arn));
    let output = questions::output(app, config, &mut answers)?;
    let is_same = |name: &ProfileName| {
        let values = config.values(name.as_str());
        values.and_then(|values| values.text("login_session")) == Some(&session.arn)
    };
    let same: Vec<_> = config.profile_names().into_iter().filter(is_same).collect();
    let account = session.account_id();
    let account = account.as_ref().map(AsRef::as_ref).unwrap_or_default();
    let proposed = profile_name::safe(session.name());
    let proposed = (proposed.as_str(), account);
    let profile = questions::profile(app, config, proposed, &same, &mut answers)?;
    let keys = [
        ("login_session", Some(session.arn.as_str())),
        ("region", region.as_deref()),
        ("output", output.as_deref()),
    ];
    let written = Written { profile: &profile, keys: &keys, session: None };
    write::write(app, &written, dry_run)?;
    if !dry_run {
        next::hook(app)?;
    }
    Ok(0)
}
