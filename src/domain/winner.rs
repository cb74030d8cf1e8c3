//! Which credentials AWS tools use in a shell: those in variables before the profile that a variable
//! names, as the AWS CLI and boto3 have it.

use super::active::{Active, Mode};

/// What counts in this shell.
#[derive(Debug)]
pub enum Winner {
    /// What `use` has set.
    Use(Active),
    /// Credentials that the user has set.
    Keys,
    /// A profile that the user has named.
    Profile {
        /// The variable that names it.
        variable: &'static str,
        /// Its name; empty where the variable is.
        name: String,
    },
    /// No variable has a say: `[default]`, or nothing.
    Default,
}

impl Winner {
    /// Reads the variables.
    pub fn of(get: impl Fn(&str) -> Option<String>) -> Self {
        let active = Active::read(&get);
        let of_use = |mode: Mode, value: &str| {
            active.clone().filter(|active| active.mode == mode && active.key_id == value)
        };
        if let Some(key) = get("AWS_ACCESS_KEY_ID").filter(|key| !key.is_empty()) {
            return of_use(Mode::Keys, &key).map_or(Self::Keys, Self::Use);
        }
        for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            // An empty variable counts as set.
            if let Some(name) = get(variable) {
                let active = of_use(Mode::Profile, &name);
                return active.map_or(Self::Profile { variable, name }, Self::Use);
            }
        }
        Self::Default
    }

    /// In words, where it is not what `use` has set.
    pub fn in_words(&self) -> Option<String> {
        match self {
            Self::Use(_) | Self::Default => None,
            Self::Keys => Some("AWS tools use the credentials in `AWS_ACCESS_KEY_ID`".to_owned()),
            Self::Profile { variable, name } => {
                Some(format!("AWS tools use the profile `{name}` of `{variable}`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Winner;

    fn winner(variables: &[(&str, &str)]) -> String {
        let get = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        match Winner::of(get) {
            Winner::Use(_) => "use".to_owned(),
            Winner::Keys => "keys".to_owned(),
            Winner::Profile { name, .. } => name,
            Winner::Default => "default".to_owned(),
        }
    }

    #[test]
    fn keys_come_before_profiles() {
        let keys = [("SSOENV_MODE", "keys"), ("SSOENV_KEY_ID", "A"), ("AWS_ACCESS_KEY_ID", "A")];
        assert_eq!(winner(&keys), "use");
        assert_eq!(winner(&[&keys[..], &[("AWS_PROFILE", "dev")]].concat()), "use");
        assert_eq!(winner(&[keys[0], keys[1], ("AWS_ACCESS_KEY_ID", "B")]), "keys");
        assert_eq!(winner(&[keys[0], keys[1], ("AWS_PROFILE", "dev")]), "dev");
        let profile =
            [("SSOENV_MODE", "profile"), ("SSOENV_KEY_ID", "prod"), ("AWS_PROFILE", "prod")];
        assert_eq!(winner(&profile), "use");
        assert_eq!(winner(&[&profile[..], &[("AWS_ACCESS_KEY_ID", "A")]].concat()), "keys");
        assert_eq!(winner(&[profile[0], profile[1], ("AWS_PROFILE", "dev")]), "dev");
        assert_eq!(winner(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "x")]), "");
        assert_eq!(winner(&[("AWS_ACCESS_KEY_ID", "")]), "default");
    }
}
