//! `profile remove|rename|copy|default|use-process`: profiles changed in the AWS files.

use crate::commands::shared::guard::{self, Consent};
use crate::commands::shared::plan;
use crate::config::edit::{Draft, Name};
use crate::config::header::is_portable;
use crate::config::references::{calling, quoted};
use crate::config::settings::Settings;
use crate::config::store::Editing;
use crate::config::{Config, Value, Values};
use crate::domain::dotfile::{self, Dotfile};
use crate::domain::names::ProfileName;
use crate::domain::profile::Source;
use crate::domain::speech;
use crate::domain::{Error, Result};
use crate::identity::sources;
use crate::identity::store::entry;
use crate::io::{App, ask, files, process};

/// Removes a profile from both files, with its cached credentials; and its session if nothing else
/// uses that and the user says so.
pub fn remove(app: &App, name: &str, dry_run: bool) -> Result<u8> {
    let mut editing = Editing::begin(app)?;
    let config = editing.preview()?;
    config.expect_profile(name)?;
    let cached = cached(&config, name);
    let session = config.values(name).and_then(|values| values.text("sso_session"));
    let session = session.map(str::to_owned);
    for draft in [&mut editing.config, &mut editing.credentials] {
        draft.remove(&Name::profile(name))?;
    }
    let unused = session.filter(|session| is_unused(&editing, session));
    if let Some(session) = &unused {
        let question = format!("No other profile uses the session `{session}`: remove it too?");
        if dry_run || !(app.assume_yes || app.term.can_ask()) {
            app.term.hint(&format!("no other profile uses `[sso-session {session}]`"));
        } else if ask::confirm(app, &question, false)? {
            editing.config.remove(&Name::session(&**session))?;
        }
    }
    let references = editing.preview()?.references(name);
    editing.finish(app, dry_run)?;
    if !dry_run {
        if let Some(error) = cached.and_then(|source| forget(app, &source).err()) {
            app.term.warn(&format!("its credentials are still cached: {error}"));
        }
        app.term.say(&format!("removed the profile `{name}`"));
    }
    for (profile, path, line) in references {
        let place = format!("{}:{line}", path.display());
        app.term.warn(&format!("profile `{profile}` references it: {place}"));
    }
    warn_directories(app, name);
    if app.env.get("SSOENV_PROFILE").is_some_and(|active| active == name) {
        app.term.hint("this shell still uses it: run `ssoenv clear`");
    }
    Ok(0)
}

/// Renames a profile in both files, and what other profiles call it by.
pub fn rename(app: &App, name: &str, new: &str, dry_run: bool) -> Result<u8> {
    let mut editing = Editing::begin(app)?;
    let config = editing.preview()?;
    config.expect_profile(name)?;
    check_new(app, &config, new)?;
    for draft in [&mut editing.config, &mut editing.credentials] {
        draft.rename(&Name::profile(name), &Name::profile(new))?;
        for profile in config.names() {
            let profile = if profile.as_str() == name { new } else { profile.as_str() };
            let profile = Name::profile(profile);
            if draft.value(&profile, "source_profile") == Some(name) {
                draft.set(&profile, "source_profile", new)?;
            }
            let command = draft.value(&profile, "credential_process");
            if let Some(renamed) = command.and_then(|command| calling(command, name, new)) {
                draft.set(&profile, "credential_process", &renamed)?;
            }
        }
    }
    if editing.finish(app, dry_run)? && !dry_run {
        app.term.say(&format!("renamed the profile `{name}` to `{new}`"));
    }
    warn_directories(app, name);
    Ok(0)
}

/// Copies a profile in each file that has it.
pub fn copy(app: &App, name: &str, new: &str, dry_run: bool) -> Result<u8> {
    let mut editing = Editing::begin(app)?;
    let config = editing.preview()?;
    config.expect_profile(name)?;
    check_new(app, &config, new)?;
    for draft in [&mut editing.config, &mut editing.credentials] {
        if draft.has(&Name::profile(name)) {
            draft.copy(&Name::profile(name), &Name::profile(new))?;
        }
    }
    if editing.finish(app, dry_run)? && !dry_run {
        app.term.say(&format!("copied the profile `{name}` to `{new}`"));
    }
    Ok(0)
}

/// Makes `[default]` give what the profile gives. Settings of `[default]` that the profile does
/// not have stay, unless they say where credentials come from.
pub fn default(app: &App, name: &str, dry_run: bool) -> Result<u8> {
    let mut editing = Editing::begin(app)?;
    let config = editing.preview()?;
    config.expect_profile(name)?;
    let mut removed = Vec::new();
    for draft in [&mut editing.config, &mut editing.credentials] {
        draft.respell(&Name::profile("default"))?;
        if name != "default" {
            removed.extend(take_over(draft, name)?);
        }
    }
    let leftover = editing.preview()?.values("default").is_some_and(|values| {
        values.credentials_only().is_some() && !editing.credentials.has(&Name::profile(name))
    });
    if editing.finish(app, dry_run)? && !dry_run {
        app.term.say(&format!("`[default]` is now what `{name}` is"));
        if !removed.is_empty() {
            app.term.say(&format!("removed from `[default]`: `{}`", removed.join("`, `")));
        }
    }
    if leftover {
        let path = app.paths.aws_credentials()?;
        app.term.warn(&format!(
            "`[default]` in {} is still there, and some tools take its keys first",
            path.display()
        ));
    }
    Ok(0)
}

/// Writes a new profile that gets its credentials by calling this program.
pub fn use_process(app: &App, name: &str, new: Option<&str>, dry_run: bool) -> Result<u8> {
    // Asked without keeping other writers waiting for the answer.
    let guarded = is_guarded(app, name, dry_run)?;
    let mut editing = Editing::begin(app)?;
    let config = editing.preview()?;
    config.expect_profile(name)?;
    let new = new.map_or_else(|| format!("{name}-process"), str::to_owned);
    check_new(app, &config, &new)?;
    let command = process_command(name)? + if guarded { " --yes" } else { "" };
    let section = Name::profile(&*new);
    editing.config.set(&section, "credential_process", &command)?;
    // Where and how to call stays as it is.
    let values = config.values(name).map(|values| values.list()).unwrap_or_default();
    for (key, value) in values.into_iter().filter(|(key, _)| !is_about_credentials(key)) {
        match value {
            Value::Text(text) => editing.config.set(&section, key, text)?,
            Value::Map(lines) => editing.config.set_block(&section, key, &lines)?,
        }
    }
    if editing.finish(app, dry_run)? && !dry_run {
        app.term.say(&format!("wrote the profile `{new}`"));
        let word = speech::word(&new);
        app.term.hint(&format!("try it: `aws sts get-caller-identity --profile {word}`"));
    }
    Ok(0)
}

/// Whether the new profile needs `--yes`: whoever calls it can ask nobody, so a person agrees now.
fn is_guarded(app: &App, name: &str, dry_run: bool) -> Result<bool> {
    // A profile without credentials gives none.
    let Ok(target) = Config::load(app)?.target(&ProfileName::new(name)) else { return Ok(false) };
    let settings = Settings::load_warning(app)?;
    if dry_run {
        return Ok(plan::make(app, &settings, &target, None).confirm);
    }
    let permit = guard::permit(app, &settings, target, Consent::Anew, None)?;
    Ok(permit.plan().confirm)
}

/// A command line that means the same to botocore (no shell) and to SDKs that call one.
fn process_command(name: &str) -> Result<String> {
    let program = process::current_exe()
        .map_err(|error| Error::failed("the path of ssoenv is not known").cause(error))?;
    let program = program.display().to_string();
    let odd = |c: char| matches!(c, '"' | '$' | '`' | '\n' | '\r') || (c == '\\' && cfg!(unix));
    for word in [&*program, name] {
        if word.contains(odd) || word.starts_with('-') {
            return Err(Error::config(format!("`{word}` cannot stand in `credential_process`"))
                .cause("AWS tools quote its words in different ways")
                .hint("use a profile whose name has letters, digits and `_-/.%@:+` only"));
        }
    }
    Ok(format!("{} credentials {}", quoted(&program), quoted(name)))
}

/// Gives `[default]` the keys of the profile in this file; the keys that it lost.
fn take_over(draft: &mut Draft, name: &str) -> Result<Vec<String>> {
    let (from, to) = (Name::profile(name), Name::profile("default"));
    let mut removed = Vec::new();
    if !draft.has(&from) {
        return Ok(removed);
    }
    let keys = draft.keys(&from);
    for (key, _) in draft.keys(&to) {
        if is_about_credentials(&key) && !keys.iter().any(|(known, _)| *known == key) {
            draft.remove_key(&to, &key)?;
            removed.push(key);
        }
    }
    if !draft.has(&to) {
        draft.copy(&from, &to)?;
        return Ok(removed);
    }
    for (key, value) in keys {
        match value.strip_prefix('\n') {
            Some(block) => {
                let lines = crate::config::syntax::block(block).flatten();
                draft.set_block(&to, &key, &lines.collect::<Vec<_>>())?;
            }
            None => draft.set(&to, &key, &value)?,
        }
    }
    Ok(removed)
}

/// Keys that decide where credentials come from.
fn is_about_credentials(key: &str) -> bool {
    const KEYS: [&str; 10] = [
        "role_arn",
        "source_profile",
        "credential_source",
        "external_id",
        "role_session_name",
        "duration_seconds",
        "mfa_serial",
        "web_identity_token_file",
        "login_session",
        "credential_process",
    ];
    KEYS.contains(&key) || key.starts_with("sso_") || key.starts_with("aws_")
}

/// What the profile's cached credentials come from, unless another profile has the same.
fn cached(config: &Config, name: &str) -> Option<Source> {
    let source = config.target(&ProfileName::new(name)).ok()?.source;
    let has = |other: &ProfileName| config.target(other).is_ok_and(|t| t.source == source);
    let shared = config.names().any(|other| other.as_str() != name && has(other));
    (!shared).then_some(source)
}

fn forget(app: &App, source: &Source) -> Result<()> {
    sources::key_hash(app, source).map_or(Ok(()), |hash| entry::remove(app, &hash).map(drop))
}

fn is_unused(editing: &Editing, session: &str) -> bool {
    let uses = |values: Values| values.text("sso_session") == Some(session);
    editing.preview().is_ok_and(|config| {
        config.session_values(session).is_some() && !config.each().any(|(_, v)| uses(v))
    })
}

/// Warns about `.ssoenv` files from here up that name the profile.
fn warn_directories(app: &App, name: &str) {
    let Ok(here) = std::env::current_dir() else { return };
    for folder in here.ancestors() {
        let path = folder.join(dotfile::FILE_NAME);
        let Ok(Some(bytes)) = files::read(&path) else { continue };
        let place = path.display().to_string();
        if Dotfile::parse(&bytes, &place) == Ok(Dotfile::Profile(name.to_owned())) {
            app.term.warn(&format!("{place} names the profile `{name}`"));
        }
    }
}

/// A name for a new profile: not taken; one that SDKs do not read is warned about.
pub(super) fn check_new(app: &App, config: &Config, new: &str) -> Result<()> {
    if let Some((path, line)) = config.source_line(new) {
        return Err(Error::usage(format!("the profile `{new}` is there already"))
            .cause(format!("see {}:{line}", path.display()))
            .hint("choose another name"));
    }
    if !is_portable(new) {
        app.term.warn(&format!(
            "AWS SDKs read names of letters, digits and `_-/.%@:+` only, not `{new}`"
        ));
    }
    Ok(())
}
