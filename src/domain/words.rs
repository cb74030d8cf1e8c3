//! Words that people type where there is a list of them: one enum for each list, made by one macro.
//!
//! Values of options, settings, completion and messages all iterate over the same enum. A list
//! whose type has a home elsewhere (`Mode`, `Dialect`, `Format`) stands there.

/// An enum whose values people type.
pub trait Word: Copy + Send + Sync + 'static {
    /// Every value, in the order in which they are shown.
    const ALL: &'static [Self];

    /// How it is written.
    fn name(self) -> &'static str;

    /// How it may be written as well; never shown.
    fn aliases(self) -> &'static [&'static str];

    /// One line for help and completion.
    fn help(self) -> &'static str;

    /// The value of a name or an alias.
    fn from_name(name: &str) -> Option<Self>;
}

/// The names of a list as messages show them.
pub fn listed<W: Word>() -> String {
    W::ALL.iter().map(|word| format!("`{}`", word.name())).collect::<Vec<_>>().join(", ")
}

/// Makes the enum of a list: `Value = "name" | "alias": "help line"`.
///
/// `ALL`, `name` and `from_name` are there without the trait, `name` in constants too.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $vis:vis enum $type:ident {
            $(
                $(#[$value_meta:meta])*
                $value:ident = $name:literal $(| $alias:literal)*: $help:literal,
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $type {
            $($(#[$value_meta])* $value,)+
        }

        impl $type {
            /// Every value, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// How it is written.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }

            /// The value of a name or an alias.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name $(| $alias)* => Some(Self::$value),)+
                    _ => None,
                }
            }
        }

        impl $crate::domain::words::Word for $type {
            const ALL: &'static [Self] = Self::ALL;

            fn name(self) -> &'static str {
                self.name()
            }

            fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$value => &[$($alias,)*],)+
                }
            }

            fn help(self) -> &'static str {
                match self {
                    $(Self::$value => $help,)+
                }
            }

            fn from_name(name: &str) -> Option<Self> {
                Self::from_name(name)
            }
        }
    };
}

pub(crate) use words;

words! {
    /// `login_flow`: how a person logs in.
    #[derive(Default)]
    pub enum Flow {
        #[default]
        Auto = "auto": "With a browser, but for legacy profiles",
        Pkce = "pkce": "Always with a browser",
        Device = "device": "Always with a code",
    }
}

words! {
    /// `login`: whether a person may be asked to log in.
    #[derive(Default)]
    pub enum Login {
        #[default]
        Auto = "auto": "Where somebody is there to do it",
        Never = "never": "Nowhere: no browser, no code",
    }
}

words! {
    /// `agents` of a `[match]` section: what coding agents get.
    #[derive(Default)]
    pub enum Agents {
        #[default]
        Allow = "allow": "What everybody gets",
        Deny = "deny": "Nothing, where one of `agent_markers` is set",
    }
}

words! {
    /// `storage`: where tokens and credentials are kept.
    #[derive(Default)]
    pub enum Storage {
        #[default]
        Files = "files": "The caches of the AWS CLI",
        Keyring = "keyring": "The keyring of the system",
    }
}

words! {
    /// `on` of a `[match]` section: what its pattern is compared with.
    #[derive(Default)]
    pub enum Subject {
        #[default]
        Any = "any": "Profile, account and role",
        Profile = "profile": "The profile's name",
        Account = "account": "The account's ID or name",
        Role = "role": "The role's name",
        Session = "session": "The session's name; the start URL of a legacy portal",
    }
}

words! {
    /// The classes that mean something to ssoenv; `class` takes any word.
    pub enum Class {
        Production = "production": "Red, and a directory needs `allow --production`",
    }
}

words! {
    /// The colors of a terminal, in the order of their numbers. A number from 0 to 255 is a color
    /// as well.
    pub enum Color {
        Black = "black": "Black",
        Red = "red": "Red",
        Green = "green": "Green",
        Yellow = "yellow": "Yellow",
        Blue = "blue": "Blue",
        Magenta = "magenta": "Magenta",
        Cyan = "cyan": "Cyan",
        White = "white": "White",
    }
}

#[cfg(test)]
mod tests {
    use super::{Color, Word, listed};

    words! {
        enum Fruit {
            Apple = "apple": "Red or green",
            Pear = "pear" | "poire" | "birne": "Green",
        }
    }

    #[test]
    fn a_list_knows_its_words() {
        assert_eq!(Fruit::ALL, [Fruit::Apple, Fruit::Pear]);
        for &fruit in Fruit::ALL {
            assert_eq!(Fruit::from_name(fruit.name()), Some(fruit));
            for alias in fruit.aliases() {
                assert_eq!(Fruit::from_name(alias), Some(fruit));
            }
        }
        assert_eq!(Fruit::from_name("Apple"), None);
        assert_eq!(
            (Fruit::Pear.help(), listed::<Fruit>()),
            ("Green", "`apple`, `pear`".to_owned())
        );
    }

    #[test]
    fn colors_have_the_numbers_of_the_terminal() {
        assert_eq!((Color::Black as u8, Color::Cyan as u8, Color::White as u8), (0, 6, 7));
    }
}
