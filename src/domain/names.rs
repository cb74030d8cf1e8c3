//! Names from AWS, each a type of its own so that they cannot be mixed up.

use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

name! {
    /// Twelve digits, kept as text because leading zeros count.
    AccountId
}
name! {
    /// A permission set's name, as `ListAccountRoles` gives it.
    RoleName
}
name! {
    /// A profile of `~/.aws/config` or `~/.aws/credentials`, unquoted.
    ProfileName
}
name! {
    /// The name in `[sso-session NAME]`, unquoted.
    SessionName
}
name! {
    /// An AWS Region code such as `eu-central-1`; not validated here.
    Region
}

impl AccountId {
    /// Whether the text has the form of an account ID: exactly twelve ASCII digits.
    pub fn is_valid(text: &str) -> bool {
        text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
    }
}
