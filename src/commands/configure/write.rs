//! The end of the wizard: the lines written, and what to type next.

use super::answers::Complete;
use crate::config::edit::Name;
use crate::config::store::Editing;
use crate::domain::Result;
use crate::domain::profile::SsoSession;
use crate::domain::speech;
use crate::io::App;

/// Keys of another source of credentials, which would win over the new one or contradict it.
const STALE: [&str; 10] = [
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_start_url",
    "sso_region",
    "sso_registration_scopes",
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
];

/// Keys that some AWS tools take first, and that are too precious to be removed.
const RIVALS: [&str; 3] = ["aws_access_key_id", "credential_process", "login_session"];

pub struct Written<'a> {
    pub profile: &'a str,
    /// Its keys; those without a value stay as they are.
    pub keys: &'a [(&'a str, Option<&'a str>)],
    /// The session that it names, with its scopes.
    pub session: Option<(&'a SsoSession, Option<&'a str>)>,
}

/// Writes a role's profile and its session, or only shows the change.
pub fn role(app: &App, complete: &Complete, dry_run: bool) -> Result<()> {
    let keys = [
        ("sso_session", complete.session.name.as_ref().map(AsRef::as_ref)),
        ("sso_account_id", Some(complete.account.as_str())),
        ("sso_role_name", Some(complete.role.as_str())),
        ("region", complete.region.as_deref()),
        ("output", complete.output.as_deref()),
    ];
    let session = Some((&complete.session, complete.scopes.as_deref()));
    write(app, &Written { profile: &complete.profile, keys: &keys, session }, dry_run)
}

/// Writes a profile, or only shows the change.
pub fn write(app: &App, written: &Written, dry_run: bool) -> Result<()> {
    let mut editing = Editing::begin(app)?;
    let draft = &mut editing.config;
    if let Some((session, scopes)) = written.session
        && let Some(name) = &session.name
    {
        let name = Name::session(name.as_str());
        draft.set(&name, "sso_start_url", &session.start_url)?;
        draft.set(&name, "sso_region", session.region.as_str())?;
        if let Some(scopes) = scopes {
            draft.set(&name, "sso_registration_scopes", scopes)?;
        }
    }
    let profile = Name::profile(written.profile);
    draft.respell(&profile)?;
    let is_old = |key: &&str| !written.keys.iter().any(|(new, _)| new == key);
    for key in STALE.into_iter().filter(is_old) {
        if draft.remove_key(&profile, key)? {
            app.term.say(&format!("`{key}` is removed from the profile"));
        }
    }
    for &(key, value) in written.keys {
        if let Some(value) = value {
            draft.set(&profile, key, value)?;
        }
    }
    let config = editing.preview()?;
    let target = config.target(&written.profile.into())?;
    let diff = editing.diff();
    editing.finish(app, dry_run)?;
    if dry_run {
        return Ok(());
    }
    tell(app, written.profile, &diff)?;
    for key in RIVALS.into_iter().filter(is_old) {
        let values = config.values(written.profile);
        if let Some((file, line)) = values.and_then(|values| values.place(key)) {
            let place = format!("{}:{line}", file.path.display());
            app.term.warn(&format!("some AWS tools take `{key}` in {place} first: remove it"));
        }
    }
    log::debug!("the profile now gives {}", target.source.word());
    Ok(())
}

/// The lines that were written, and the next commands.
fn tell(app: &App, profile: &str, diff: &str) -> Result<()> {
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
    let word = speech::word(profile);
    app.term.say("");
    app.term.say("now type:");
    app.term.say(&format!("  ssoenv use {word}"));
    app.term.say(&format!("  aws sts get-caller-identity --profile {word}"));
    Ok(())
}
