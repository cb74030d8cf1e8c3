//! What an argument takes, for completion: `#[arg(add = Completes::Profile)]`.

use clap::builder::ArgExt;

/// Names of which kind may stand at an argument. An argument without this completes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completes {
    /// A profile.
    Profile,
    /// An account, by ID or name.
    Account,
    /// A role, of the account among the words.
    Role,
    /// A session.
    Session,
    /// A Region.
    Region,
    /// A service of the console.
    Service,
    /// An output format of the AWS CLI.
    Output,
    /// A setting.
    Setting,
    /// The value of the setting before it.
    SettingValue,
}

impl Completes {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Profile,
        Self::Account,
        Self::Role,
        Self::Session,
        Self::Region,
        Self::Service,
        Self::Output,
        Self::Setting,
        Self::SettingValue,
    ];
}

impl ArgExt for Completes {}
