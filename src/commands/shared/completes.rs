//! What an argument takes, for completion: `#[arg(add = Completes::Profile)]`.

use clap::builder::ArgExt;

/// Names of which kind may stand at an argument. An argument without this completes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completes {
    Profile,
    /// A profile; where none is like it an account or a role: parts of names.
    Word,
    /// An account, by ID or name.
    Account,
    /// A role, of the account among the words.
    Role,
    Session,
    Region,
    /// A service of the console.
    Service,
    /// An output format of the AWS CLI.
    Output,
    Setting,
    /// The value of the setting before it.
    SettingValue,
}

impl Completes {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Profile,
        Self::Word,
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
