//! What a login through an organisation's own host teaches: the Region of the portal behind it.
//! It is written to the configuration, as the AWS CLI does, because every AWS tool reads it there.

use crate::config::edit::Name;
use crate::config::store::Editing;
use crate::domain::Result;
use crate::domain::names::ProfileName;
use crate::domain::profile::SsoSession;
use crate::domain::token::AccessToken;
use crate::identity::instance::start_url;
use crate::io::App;

/// Corrects `sso_region` after a login that ended in another Region. That it cannot be written is
/// a warning: this login is good all the same.
pub fn remember(
    app: &App,
    session: &SsoSession,
    profile: Option<&ProfileName>,
    token: &AccessToken,
) {
    let Some(region) = token.region.as_deref().filter(|region| *region != session.region.as_str())
    else {
        return;
    };
    if !start_url::is_vanity(&session.start_url) {
        return;
    }
    let name = match (&session.name, profile) {
        (Some(name), _) => Name::session(name.as_str()),
        (None, Some(profile)) => Name::profile(profile.as_str()),
        (None, None) => return,
    };
    match write(app, &name, region) {
        Ok(()) => app.term.say(&format!(
            "The portal of `{}` is in {region}: `sso_region` was corrected.",
            session.label()
        )),
        Err(error) => {
            app.term.warn(&format!("`sso_region` should be `{region}`, and was not set: {error}"));
        }
    }
}

fn write(app: &App, name: &Name, region: &str) -> Result<()> {
    let mut editing = Editing::begin(app)?;
    editing.config.set(name, "sso_region", region)?;
    editing.finish(app, false).map(drop)
}
