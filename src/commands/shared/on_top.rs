//! The options that lay a role or session policies on top of what a command is about.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use crate::domain::on_top::OnTop;
use crate::domain::{Error, Result};
use crate::io::{App, expand, files};

/// What stands before a path where a text is expected, as for the AWS CLI.
const FILE: &str = "file://";

/// A role and session policies.
#[derive(Args, Clone, Debug, Default)]
pub struct Laid {
    /// Role to assume with these credentials
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// Session policy that narrows the role: JSON, or file://PATH
    #[arg(long, value_name = "JSON")]
    policy: Option<String>,
    /// Managed policy that narrows the role (repeatable)
    #[arg(long = "policy-arn", value_name = "ARN")]
    policy_arns: Vec<String>,
}

impl Laid {
    /// What they say; `None` for nothing.
    ///
    /// # Errors
    /// `Usage` for a file that cannot be read, and for what AWS would not take.
    pub fn read(&self, app: &App) -> Result<Option<OnTop>> {
        let policy = self.policy.as_deref().map(|policy| text(app, policy)).transpose()?;
        OnTop::new(self.role_arn.as_deref(), policy.as_deref(), &self.policy_arns)
    }
}

fn text(app: &App, policy: &str) -> Result<String> {
    let Some(path) = policy.strip_prefix(FILE) else { return Ok(policy.to_owned()) };
    let path = expand::path(path, &app.env);
    let wrong = |why: String| {
        Error::usage(format!("the policy in `{}` cannot be read", path.display())).cause(why)
    };
    let bytes = files::read(&path).map_err(|error| wrong(error.to_string()))?;
    let bytes = bytes.ok_or_else(|| wrong("there is no such file".to_owned()))?;
    String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))
}
