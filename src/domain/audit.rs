//! The line of the audit log: who got which credentials. It holds no secret.

use serde::Serialize;

/// One line, in the order of its fields.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    /// RFC 3339, UTC.
    pub time: String,
    /// The command of ssoenv that handed them out.
    pub command: &'a str,
    pub profile: Option<&'a str>,
    pub account_id: Option<&'a str>,
    pub account_name: Option<&'a str>,
    pub role: Option<&'a str>,
    /// Absent where a name or an address left ssoenv, and no access key.
    pub access_key_id: Option<&'a str>,
    pub pid: u32,
    /// The name of the program that started ssoenv.
    pub parent: Option<String>,
    pub directory: Option<String>,
    /// The terminal's device.
    pub terminal: Option<String>,
}
