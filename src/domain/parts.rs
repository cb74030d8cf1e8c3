//! Parts of names, as a person types them: each must occur in one of the names, ignoring case.

use super::nearest::nearest;

/// The parts, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts(Vec<String>);

impl Parts {
    /// From words, which may hold several parts.
    pub fn of<S: AsRef<str>>(words: &[S]) -> Self {
        let parts = words.iter().flat_map(|word| word.as_ref().split_whitespace());
        Self(parts.map(str::to_lowercase).collect())
    }

    /// Whether every part occurs. Without any part everything fits.
    pub fn fit<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let names: Vec<_> = names.into_iter().map(str::to_lowercase).collect();
        self.0.iter().all(|part| names.iter().any(|name| name.contains(part)))
    }

    /// What was probably meant: a part that occurs in no name gives way to the nearest name, or word of
    /// a name. `None` where every part occurs somewhere, or nothing is near.
    pub fn nearest<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let words = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
        let known: Vec<&str> = names.iter().copied().chain(words).collect();
        let mut found = false;
        let meant = self.0.iter().map(|part| {
            if names.iter().any(|name| name.to_lowercase().contains(part)) {
                return Some(part.as_str());
            }
            found = true;
            nearest(part, known.iter().copied())
        });
        let meant: Option<Vec<_>> = meant.collect();
        meant.filter(|_| found).map(|meant| meant.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    const ROW: [&str; 4] = ["payments-prod", "Acme Payments", "111122223333", "Admin"];

    #[test]
    fn each_part_occurs_somewhere() {
        for (words, fits) in [
            (&["pay", "PROD"][..], true),
            (&["pay prod"], true),
            (&["2222", "adm"], true),
            (&["Acme Payments", "prod"], true),
            (&["pay", "dev"], false),
            (&["pyp"], false),
            (&[], true),
        ] {
            assert_eq!(Parts::of(words).fit(ROW), fits, "{words:?}");
        }
    }

    #[test]
    fn what_does_not_occur_gives_way_to_what_is_near() {
        let nearest = |words: &[&str]| Parts::of(words).nearest(ROW);
        assert_eq!(nearest(&["paymnets", "adm"]).as_deref(), Some("payments adm"));
        assert_eq!(nearest(&["payments-prd"]).as_deref(), Some("payments-prod"));
        assert_eq!(nearest(&["pay"]), None);
        assert_eq!(nearest(&["xyz"]), None);
    }
}
