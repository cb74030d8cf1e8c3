//! A question before this shell gets credentials that deserve one.

use crate::domain::plan::Plan;
use crate::domain::words::Class;
use crate::domain::{Error, Result};
use crate::io::{App, ask};

/// Asks on the terminal where the settings want a confirmation; `--yes` answers yes. Without a
/// terminal it is wrong usage, answered no it is a failure.
pub fn check(app: &App, plan: &Plan, label: &str) -> Result<()> {
    if !plan.confirm {
        return Ok(());
    }
    let class = plan.class.as_deref().map(|class| format!(" (class {class})")).unwrap_or_default();
    if ask::confirm(app, &format!("Use {}{class}?", name(plan, label)), false)? {
        return Ok(());
    }
    Err(Error::failed(format!("`{label}` was not confirmed")))
}

/// Whether a directory needs more than the plain `allow`: nobody is asked at a prompt.
pub fn is_guarded(plan: &Plan) -> bool {
    plan.confirm || plan.class.as_deref() == Some(Class::Production.name())
}

fn name(plan: &Plan, label: &str) -> String {
    let account = plan.account_name.as_deref().or(plan.account_id.as_deref());
    match (account, plan.role.as_deref()) {
        (Some(account), Some(role)) => format!("`{label}`, {role} in {account}"),
        _ => format!("`{label}`"),
    }
}
