//! `SSOENV_SAVED`: what the user had before `use`, so that `clear` gives back exactly that.
//!
//! For each variable that ssoenv touches it holds the user's value and the fingerprint of ours. A
//! value that no longer has our fingerprint was changed by the user since, and is theirs.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::active::OWN_VARIABLES;
use super::call_settings;
use super::env_delta::{EnvDelta, REGION_VARIABLES, TOUCH_LIST, same};
use super::fingerprint::fingerprint;

/// The user's values of all variables that `use` may touch.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Saved(Vec<Entry>);

#[derive(Clone, PartialEq, Eq)]
struct Entry {
    name: Cow<'static, str>,
    /// What the user had.
    old: Option<String>,
    /// Fingerprint of what ssoenv set; `None` where it removed the variable.
    ours: Option<u64>,
}

/// What `clear` does.
#[derive(Debug, Default)]
pub struct Restoration {
    /// The way back.
    pub delta: EnvDelta,
    /// Variables that the user changed since `use`; they are left alone.
    pub changed: Vec<Cow<'static, str>>,
}

fn touched() -> impl Iterator<Item = &'static str> {
    TOUCH_LIST.into_iter().chain(REGION_VARIABLES)
}

impl Saved {
    /// What the user has now: the environment, less what an earlier `use` put there.
    pub fn capture(get: impl Fn(&str) -> Option<String>) -> Self {
        let earlier = Self::read(&get).unwrap_or_default();
        let carried = earlier.0.iter().filter(|entry| entry.is_carried());
        let carried = carried.map(|entry| entry.name.clone());
        let entries = touched().map(Cow::Borrowed).chain(carried).map(|name| {
            let now = get(&name);
            let old = match earlier.entry(&name) {
                Some(entry) if entry.is_ours(now.as_deref()) => entry.old.clone(),
                _ => now,
            };
            Entry { name, old, ours: None }
        });
        Self(entries.collect())
    }

    /// Takes back the settings that an earlier `use` carried along and this change does not.
    pub fn take_back(&self, delta: &mut EnvDelta) {
        // They stand behind the ones that are always touched.
        for entry in self.0.iter().skip(touched().count()) {
            if delta.get(&entry.name).is_none() {
                match &entry.old {
                    Some(old) => delta.set(entry.name.clone(), old.clone()),
                    None => delta.unset(entry.name.clone()),
                }
            }
        }
    }

    /// The user's value of any variable, less what an earlier `use` has put there.
    pub fn own(get: impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
        let now = get(name)?;
        match Self::read(&get) {
            Some(saved) => match saved.entry(name) {
                Some(entry) if entry.is_ours(Some(&now)) => entry.old.clone(),
                _ => Some(now),
            },
            None => Some(now),
        }
    }

    /// What the user had, whatever ssoenv has put there since.
    pub fn original(&self, name: &str) -> Option<&str> {
        self.entry(name)?.old.as_deref()
    }

    /// Notes what `delta` sets, and puts the text into it as `SSOENV_SAVED`.
    pub fn write(mut self, delta: &mut EnvDelta) {
        for (name, value) in delta.changes() {
            // A setting is set only where the user has none. Most names are not: they are told apart
            // by their start, or are among those that are always touched.
            if value.is_some()
                && name.starts_with("AWS_")
                && self.entry(name).is_none()
                && call_settings::is_variable(name)
            {
                self.0.push(Entry { name: name.clone(), old: None, ours: None });
            }
        }
        for entry in &mut self.0 {
            entry.ours = match delta.get(&entry.name) {
                Some(change) => change.as_deref().map(mark),
                None => entry.old.as_deref().map(mark),
            };
        }
        delta.set("SSOENV_SAVED", self.text());
    }

    fn text(&self) -> String {
        let json = serde_json::to_string(self).expect("texts and numbers are written to memory");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// The way back to what the user had; `None` where nothing of ours is active.
    pub fn restoration(get: impl Fn(&str) -> Option<String>) -> Option<Restoration> {
        let own: Vec<_> = OWN_VARIABLES.into_iter().filter(|name| get(name).is_some()).collect();
        if own.iter().all(|&name| name == "SSOENV_PREV") {
            return None;
        }
        let mut back = Restoration::default();
        // Without a readable record nobody knows what the user had: only our own names go.
        if let Some(saved) = Self::read(&get) {
            let carried = saved.0.iter().filter(|entry| entry.is_carried());
            let carried = carried.map(|entry| entry.name.clone());
            for name in touched().map(Cow::Borrowed).chain(carried) {
                let now = get(&name);
                let nothing = Entry { name: name.clone(), old: None, ours: None };
                let entry = saved.entry(&name).unwrap_or(&nothing);
                if !entry.is_ours(now.as_deref()) {
                    back.changed.push(name);
                } else if entry.old != now {
                    match &entry.old {
                        Some(old) => back.delta.set(name, old.clone()),
                        None => back.delta.unset(name),
                    }
                }
            }
        }
        for name in own {
            back.delta.unset(name);
        }
        Some(back)
    }

    fn read(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(get("SSOENV_SAVED")?).ok()?;
        let Value::Object(map) = serde_json::from_slice(&bytes).ok()? else { return None };
        let entry = |name: Cow<'static, str>, pair: &Value| {
            let old = pair.get(0).and_then(Value::as_str).map(str::to_owned);
            Entry { name, old, ours: pair.as_u64().or_else(|| pair.get(1).and_then(Value::as_u64)) }
        };
        let fixed = touched().filter_map(|name| Some(entry(Cow::Borrowed(name), map.get(name)?)));
        let carried = map.iter().filter(|(name, _)| call_settings::is_variable(name));
        let carried = carried.map(|(name, pair)| entry(Cow::Owned(name.clone()), pair));
        Some(Self(fixed.chain(carried).collect()))
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| same(&entry.name, name))
    }
}

impl Entry {
    /// Whether it is a setting of a profile, not one of the variables that are always touched.
    fn is_carried(&self) -> bool {
        call_settings::is_variable(&self.name)
    }

    fn is_ours(&self, now: Option<&str>) -> bool {
        now.map(mark) == self.ours
    }

    fn kept(&self) -> Kept<'_> {
        match (&self.old, self.ours) {
            (None, Some(ours)) => Kept::Ours(ours),
            (old, ours) => Kept::Both(old, ours),
        }
    }
}

/// `{NAME: [what the user had, mark of ours]}`, without variables that neither side has.
impl Serialize for Saved {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = self.0.iter().filter(|entry| entry.old.is_some() || entry.ours.is_some());
        serializer.collect_map(known.map(|entry| (&*entry.name, entry.kept())))
    }
}

/// An entry as it is written. Nearly all users have nothing there: then it is only a number.
#[derive(Serialize)]
#[serde(untagged)]
enum Kept<'a> {
    Ours(u64),
    Both(&'a Option<String>, Option<u64>),
}

/// A number that is short in a text: half of the fingerprint.
fn mark(text: &str) -> u64 {
    let number = fingerprint(text);
    (number ^ number >> 32) & u64::from(u32::MAX)
}

impl std::fmt::Debug for Saved {
    /// Names only: the user's values may be keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|entry| &entry.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Cow, EnvDelta, Saved};

    type Shell = BTreeMap<String, String>;

    fn shell(pairs: &[(&str, &str)]) -> Shell {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn apply(shell: &mut Shell, delta: &EnvDelta) {
        for (name, value) in delta.changes() {
            match value {
                Some(value) => shell.insert(name.to_string(), value.clone()),
                None => shell.remove(&**name),
            };
        }
    }

    fn use_keys(shell: &mut Shell, key: &str, region: Option<&str>) {
        let saved = Saved::capture(|name| shell.get(name).cloned());
        let mut delta = EnvDelta::new();
        delta.set("AWS_ACCESS_KEY_ID", key);
        delta.unset("AWS_PROFILE");
        match region.or(saved.original("AWS_REGION")) {
            Some(region) => delta.set("AWS_REGION", region),
            None => delta.unset("AWS_REGION"),
        }
        delta.set("SSOENV_MODE", "keys");
        saved.write(&mut delta);
        apply(shell, &delta);
    }

    fn clear(shell: &mut Shell) -> Vec<Cow<'static, str>> {
        let back = Saved::restoration(|name| shell.get(name).cloned()).expect("active");
        apply(shell, &back.delta);
        back.changed
    }

    #[test]
    fn clear_gives_back_what_the_user_had_after_any_number_of_uses() {
        let before = shell(&[("AWS_PROFILE", "mine"), ("AWS_REGION", "r1"), ("OTHER", "x")]);
        let mut now = before.clone();
        use_keys(&mut now, "K1", Some("r2"));
        use_keys(&mut now, "K2", None);
        assert_eq!(now.get("AWS_REGION").map(String::as_str), Some("r1"));
        use_keys(&mut now, "K3", Some("r3"));
        assert_eq!(clear(&mut now), Vec::<Cow<str>>::new());
        assert_eq!(now, before);
        assert!(Saved::restoration(|name| now.get(name).cloned()).is_none());
    }

    #[test]
    fn what_the_user_changed_since_is_theirs() {
        let mut now = shell(&[("AWS_ACCESS_KEY_ID", "first")]);
        use_keys(&mut now, "K1", None);
        now.insert("AWS_ACCESS_KEY_ID".into(), "second".into());
        now.insert("AWS_PROFILE".into(), "late".into());
        assert_eq!(clear(&mut now), ["AWS_ACCESS_KEY_ID", "AWS_PROFILE"]);
        assert_eq!(now, shell(&[("AWS_ACCESS_KEY_ID", "second"), ("AWS_PROFILE", "late")]));
    }

    #[test]
    fn names_outside_the_touch_list_are_ignored() {
        use base64::Engine;
        let evil = r#"{"PATH":["/evil",null],"AWS_PROFILE":["mine",null]}"#;
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(evil);
        let mut now = shell(&[("SSOENV_SAVED", &text)]);
        clear(&mut now);
        assert_eq!(now, shell(&[("AWS_PROFILE", "mine")]));
    }

    #[test]
    fn a_broken_record_removes_only_our_names() {
        let mut now = shell(&[("SSOENV_SAVED", "%%%"), ("AWS_PROFILE", "mine")]);
        assert_eq!(clear(&mut now), Vec::<Cow<str>>::new());
        assert_eq!(now, shell(&[("AWS_PROFILE", "mine")]));
    }
}
