//! The end of the wizard: the lines written, and what to type next.

use super::answers::Complete;
use crate::config::edit::Name;
use crate::config::store::Editing;
use crate::domain::Result;
use crate::domain::speech;
use crate::io::App;

/// Keys of a profile that would win over its session, or contradict it.
const STALE: [&str; 7] = [
    "sso_start_url",
    "sso_region",
    "sso_registration_scopes",
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
];

/// Keys that some AWS tools take before a profile's session.
const RIVALS: [&str; 3] = ["aws_access_key_id", "credential_process", "login_session"];

/// Writes session and profile, or only shows the change.
pub fn write(app: &App, complete: &Complete, dry_run: bool) -> Result<()> {
    let mut editing = Editing::begin(app)?;
    let draft = &mut editing.config;
    if let Some(name) = &complete.session.name {
        let session = Name::session(name.as_str());
        draft.set(&session, "sso_start_url", &complete.session.start_url)?;
        draft.set(&session, "sso_region", complete.session.region.as_str())?;
        if let Some(scopes) = &complete.scopes {
            draft.set(&session, "sso_registration_scopes", scopes)?;
        }
    }
    let profile = Name::profile(&*complete.profile);
    draft.respell(&profile)?;
    for key in STALE {
        if draft.remove_key(&profile, key)? {
            app.term.say(&format!("`{key}` is removed from the profile"));
        }
    }
    let session = complete.session.name.as_ref().map(AsRef::as_ref);
    let keys = [
        ("sso_session", session),
        ("sso_account_id", Some(complete.account.as_str())),
        ("sso_role_name", Some(complete.role.as_str())),
        ("region", complete.region.as_deref()),
        ("output", complete.output.as_deref()),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            draft.set(&profile, key, value)?;
        }
    }
    let config = editing.preview()?;
    let target = config.target(&complete.profile.as_str().into())?;
    let diff = editing.diff();
    editing.finish(app, dry_run)?;
    if dry_run {
        return Ok(());
    }
    tell(app, complete, &diff)?;
    for key in RIVALS {
        let values = config.values(&complete.profile);
        if let Some((file, line)) = values.and_then(|values| values.place(key)) {
            let place = format!("{}:{line}", file.path.display());
            app.term.warn(&format!("some AWS tools take `{key}` in {place} first: remove it"));
        }
    }
    log::debug!("the profile now gives {}", target.source.word());
    Ok(())
}

/// The lines that were written, and the next commands.
fn tell(app: &App, complete: &Complete, diff: &str) -> Result<()> {
    let path = app.paths.aws_config()?;
    let written = diff.lines().skip(2).filter_map(|line| line.strip_prefix('+'));
    let written: Vec<_> = written.collect();
    if written.is_empty() {
        app.term.say(&format!("{} says all of this already", path.display()));
    } else {
        app.term.say(&format!("written to {}:", path.display()));
        for line in written {
            app.term.say(&format!("  {line}"));
        }
    }
    let word = speech::word(&complete.profile);
    app.term.say("");
    app.term.say("now type:");
    app.term.say(&format!("  ssoenv use {word}"));
    app.term.say(&format!("  aws sts get-caller-identity --profile {word}"));
    Ok(())
}
