//! Amazon resource names.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The name of the IAM role behind a permission set in an account.
pub(crate) fn sso_role_name(account: &str, role: &str) -> String {
    let digest = Sha256::digest(format!("{account}/{role}").as_bytes());
    let mut suffix = String::new();
    for byte in digest.iter().take(8) {
        let _ = write!(suffix, "{byte:02x}");
    }
    format!("AWSReservedSSO_{role}_{suffix}")
}

/// What `GetCallerIdentity` says of a person's role.
pub(crate) fn sso_session(partition: &str, account: &str, role: &str, user: &str) -> String {
    format!("arn:{partition}:sts::{account}:assumed-role/{}/{user}", sso_role_name(account, role))
}

/// `arn:aws:iam::123456789012:role/path/Name` → account and name
pub(crate) fn iam_role(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.splitn(6, ':');
    if parts.next()? != "arn" {
        return None;
    }
    let partition = parts.next()?;
    if parts.next()? != "iam" || !parts.next()?.is_empty() {
        return None;
    }
    let account = parts.next()?;
    let name = parts.next()?.strip_prefix("role/")?.rsplit('/').next()?;
    (account.len() == 12 && !name.is_empty()).then_some((partition, account, name))
}

/// The account of any ARN.
pub(crate) fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}
