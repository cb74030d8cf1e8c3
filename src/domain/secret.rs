//! Values that must never be shown.

use std::fmt;

use zeroize::Zeroizing;

/// A text that is wiped when dropped, and that neither `Debug` nor any serializer shows.
///
/// The only way to the text is [`Secret::expose`], which can be grepped for.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the wire, a cache file or the shell code that was asked for.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `other` is the same text; takes as long for any text of the same length.
    pub fn matches(&self, other: &str) -> bool {
        let (own, other) = (self.0.as_bytes(), other.as_bytes());
        let differing = own.iter().zip(other).fold(0, |differing, (a, b)| differing | (a ^ b));
        own.len() == other.len() && std::hint::black_box(differing) == 0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn matches_the_same_text_alone() {
        let secret = Secret::new("hunter2");
        assert!(secret.matches("hunter2"));
        for other in ["hunter3", "hunter", "hunter22", ""] {
            assert!(!secret.matches(other), "{other}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "[redacted] Some([redacted])");
    }
}
