//! A short number that tells one text from another, the same in every version of the program.
//!
//! It is no proof of anything: whoever wants two texts with one number finds them. It serves where
//! only the same user's own texts are compared, at every `use`, and a digest would cost more than
//! all the rest.

/// FNV-1a of 64 bits, of one or several texts, but eight bytes at a time: a session token has a
/// thousand. Texts that differ in one place never share a number.
#[derive(Clone, Copy, Debug)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// Of a first text.
    pub fn of(text: &[u8]) -> Self {
        Self(0xcbf2_9ce4_8422_2325).with(text)
    }

    /// Of one more text behind it.
    #[must_use]
    pub fn and(self, text: &[u8]) -> Self {
        self.with(&[0]).with(text)
    }

    fn with(self, text: &[u8]) -> Self {
        let (words, rest) = text.as_chunks();
        let words = words.iter().map(|word| u64::from_le_bytes(*word));
        let numbers = words.chain(rest.iter().map(|byte| u64::from(*byte)));
        Self(numbers.fold(self.0, |sum, number| (sum ^ number).wrapping_mul(0x0100_0000_01b3)))
    }

    /// The number.
    pub fn value(self) -> u64 {
        self.0
    }
}

/// The number of one text.
pub fn fingerprint(text: &str) -> u64 {
    Fingerprint::of(text.as_bytes()).value()
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, fingerprint};

    #[test]
    fn as_published() {
        assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fingerprint("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_byte_counts() {
        let text: String = ('a'..='z').chain('a'..='z').collect();
        for at in 0..text.len() {
            let mut other = text.clone();
            other.replace_range(at..=at, "A");
            assert_ne!(fingerprint(&text), fingerprint(&other), "{at}");
            assert_ne!(fingerprint(&text), fingerprint(&text[..at]), "{at}");
        }
    }

    #[test]
    fn texts_stay_apart() {
        let both = |a: &str, b: &str| Fingerprint::of(a.as_bytes()).and(b.as_bytes()).value();
        assert_ne!(both("ab", "c"), both("a", "bc"));
    }
}
