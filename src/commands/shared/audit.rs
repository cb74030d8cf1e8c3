//! The audit log: a line each time that credentials leave ssoenv, before they do.
//!
//! The file is opened for each line, so that others may rotate it, and each line is one write.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::settings::Settings;
use crate::domain::audit::Entry;
use crate::domain::plan::Plan;
use crate::domain::{Error, Result};
use crate::io::unwritable::cannot_write;
use crate::io::{App, own, process, term};

/// Whether hand-outs are written down, or must be.
pub fn is_on(settings: &Settings) -> bool {
    settings.general.audit.is_some() || settings.general.audit_required
}

/// Writes down that `command` hands out credentials. A log that cannot be written is a warning, once,
/// unless the system's settings require it.
pub fn record(
    app: &App,
    settings: &Settings,
    plan: &Plan,
    command: &str,
    access_key_id: Option<&str>,
) -> Result<()> {
    static WARNED: AtomicBool = AtomicBool::new(false);
    let Some(path) = settings.audit_file(app)? else { return Ok(()) };
    let entry = Entry {
        time: app.clock.now().to_rfc3339(),
        command,
        profile: plan.profile.as_deref(),
        account_id: plan.account_id.as_deref(),
        account_name: plan.account_name.as_deref(),
        role: plan.role.as_deref(),
        access_key_id,
        pid: std::process::id(),
        parent: process::parent_name(),
        directory: std::env::current_dir().ok().map(|here| here.display().to_string()),
        terminal: term::device(),
    };
    let line = serde_json::to_string(&entry).map_err(|error| Error::failed(error.to_string()))?;
    let Err(error) = own::append_once(&path, format!("{line}\n").as_bytes()) else {
        return Ok(());
    };
    let error = cannot_write(&path, &error);
    if settings.general.audit_required {
        return Err(
            error.cause("the system's settings require this line before credentials are given")
        );
    }
    if !WARNED.swap(true, Ordering::Relaxed) {
        app.term.warn(&format!("the audit log was not written: {error}"));
    }
    Ok(())
}
