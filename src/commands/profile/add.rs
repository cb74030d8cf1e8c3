//! `profile add`: a profile for a role on top of another profile.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::edit::check_new;
use crate::commands::shared::{Completes, region};
use crate::config::edit::Name;
use crate::config::store::Editing;
use crate::domain::names::ProfileName;
use crate::domain::{Error, Result, arn, speech};
use crate::io::App;

/// Add a profile for a role that another profile may assume
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv profile add ci --role-arn arn:aws:iam::123456789012:role/CI --source-profile dev   Add ci")]
pub struct Words {
    /// Name of the new profile
    name: String,
    /// Role to assume
    #[arg(long, value_name = "ARN")]
    role_arn: String,
    /// Profile whose credentials assume it
    #[arg(long, value_name = "PROFILE", add = Completes::Profile)]
    source_profile: String,
    /// Region of the profile
    #[arg(long, add = Completes::Region)]
    region: Option<String>,
    /// Name of the role's sessions, as CloudTrail shows it
    #[arg(long, value_name = "NAME")]
    role_session_name: Option<String>,
    /// External ID that the role's owner asks for
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// MFA device that the role asks for, by its ARN or serial number
    #[arg(long, value_name = "SERIAL")]
    mfa_serial: Option<String>,
    /// Print the diff, change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Writes the profile, if it can give credentials.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let Words { name, role_arn, source_profile, .. } = words;
    if !arn::is_role(role_arn) {
        return Err(Error::usage(format!("`{role_arn}` is not the ARN of a role"))
            .hint("write it like `--role-arn arn:aws:iam::123456789012:role/Deploy`"));
    }
    region::check(app, words.region.as_deref())?;
    let mut editing = Editing::begin(app)?;
    let config = editing.preview()?;
    check_new(app, &config, name)?;
    config.expect_profile(source_profile)?;
    let section = Name::profile(&**name);
    for (key, value) in [
        ("role_arn", Some(role_arn)),
        ("source_profile", Some(source_profile)),
        ("role_session_name", words.role_session_name.as_ref()),
        ("external_id", words.external_id.as_ref()),
        ("mfa_serial", words.mfa_serial.as_ref()),
        ("region", words.region.as_ref()),
    ] {
        if let Some(value) = value {
            editing.config.set(&section, key, value)?;
        }
    }
    // A chain that leads back here, or to no credentials, is not written.
    editing.preview()?.target(&ProfileName::new(&**name))?;
    if editing.finish(app, words.dry_run)? && !words.dry_run {
        app.term.say(&format!("added the profile `{name}`"));
        app.term.hint(&format!("try it: `ssoenv whoami {}`", speech::word(name)));
    }
    Ok(0)
}
