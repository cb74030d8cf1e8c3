//! Bytes that are more than one entry of the keyring may have, in several entries.
//!
//! The entry under the name itself then says which: `parts GENERATION COUNT`. A new generation is
//! written beside the old one and counts from the moment when that entry is replaced: a reader
//! finds the old bytes or the new ones, and so does whoever comes after a writer that died.

use super::answer::{Bytes, Trouble};

/// Entries of one service, by their names.
pub trait Entries {
    fn get(&self, name: &str) -> Result<Option<Bytes>, Trouble>;
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble>;
    fn remove(&self, name: &str) -> Result<bool, Trouble>;
}

/// How often a reader starts again because a writer has been faster.
const TRIES: usize = 5;

/// What the entry under the name says.
struct Head {
    generation: u64,
    count: usize,
}

pub fn get(entries: &impl Entries, name: &str) -> Result<Option<Bytes>, Trouble> {
    for _ in 0..TRIES {
        let Some(first) = entries.get(name)? else { return Ok(None) };
        let Some(head) = Head::parse(&first) else { return Ok(Some(first)) };
        if let Some(whole) = head.whole(entries, name)? {
            return Ok(Some(whole));
        }
    }
    Err(Trouble::Failed(format!("parts of `{name}` are missing")))
}

/// Puts bytes of any size; the caller sees to it that no other does at the same time.
pub fn put(entries: &impl Entries, name: &str, bytes: &[u8], limit: usize) -> Result<(), Trouble> {
    let old = entries.get(name)?.and_then(|first| Head::parse(&first));
    let generation = old.as_ref().map_or(1, |head| head.generation + 1);
    if bytes.len() <= limit {
        entries.put(name, bytes)?;
    } else {
        let parts = bytes.chunks(limit);
        let count = parts.len();
        for (at, part) in parts.enumerate() {
            entries.put(&part_name(name, generation, at), part)?;
        }
        entries.put(name, format!("parts {generation} {count}").as_bytes())?;
    }
    old.map_or(Ok(()), |head| sweep(entries, name, head.generation))
}

pub fn remove(entries: &impl Entries, name: &str) -> Result<bool, Trouble> {
    let head = entries.get(name)?.and_then(|first| Head::parse(&first));
    let removed = entries.remove(name)?;
    if let Some(head) = head {
        sweep(entries, name, head.generation)?;
        // Of a writer that died before its parts counted.
        sweep(entries, name, head.generation + 1)?;
    }
    Ok(removed)
}

fn sweep(entries: &impl Entries, name: &str, generation: u64) -> Result<(), Trouble> {
    let mut at = 0;
    while entries.remove(&part_name(name, generation, at))? {
        at += 1;
    }
    Ok(())
}

fn part_name(name: &str, generation: u64, at: usize) -> String {
    format!("{name}-{generation}-{at}")
}

impl Head {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.strip_prefix("parts ")?;
        let (generation, count) = text.split_once(' ')?;
        Some(Self { generation: generation.parse().ok()?, count: count.parse().ok()? })
    }

    fn whole(&self, entries: &impl Entries, name: &str) -> Result<Option<Bytes>, Trouble> {
        let mut whole = Bytes::default();
        for at in 0..self.count {
            let Some(part) = entries.get(&part_name(name, self.generation, at))? else {
                return Ok(None);
            };
            whole.extend_from_slice(&part);
        }
        Ok(Some(whole))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use super::{Bytes, Entries, Trouble, get, put, remove};

    /// Entries of at most four bytes, and how many more may be written before the writer dies.
    struct Small(RefCell<BTreeMap<String, Vec<u8>>>, Cell<usize>);

    impl Entries for Small {
        fn get(&self, name: &str) -> Result<Option<Bytes>, Trouble> {
            Ok(self.0.borrow().get(name).cloned().map(Bytes::new))
        }

        fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
            let left = self.1.get().checked_sub(1).ok_or(Trouble::Silent)?;
            self.1.set(left);
            assert!(bytes.len() <= 4 || bytes.starts_with(b"parts "), "{bytes:?}");
            self.0.borrow_mut().insert(name.to_owned(), bytes.to_vec());
            Ok(())
        }

        fn remove(&self, name: &str) -> Result<bool, Trouble> {
            Ok(self.0.borrow_mut().remove(name).is_some())
        }
    }

    #[test]
    fn any_size_comes_back_and_nothing_stays() {
        let entries = Small(RefCell::default(), Cell::new(usize::MAX));
        for text in ["1234", "12345", "", "123456789012", "abcdefghi", "x"] {
            put(&entries, "n", text.as_bytes(), 4).expect("put");
            let read = get(&entries, "n").expect("no trouble").expect("there");
            assert_eq!(&**read, text.as_bytes());
            let parts = if text.len() > 4 { text.len().div_ceil(4) } else { 0 };
            assert_eq!(entries.0.borrow().len(), 1 + parts, "{text}");
        }
        put(&entries, "n", b"123456789", 4).expect("put");
        assert_eq!(remove(&entries, "n"), Ok(true));
        assert_eq!(remove(&entries, "n"), Ok(false));
        assert!(entries.0.borrow().is_empty());
    }

    #[test]
    fn a_writer_that_dies_leaves_the_old_bytes_or_the_new() {
        for writes in 0..5 {
            let entries = Small(RefCell::default(), Cell::new(usize::MAX));
            put(&entries, "n", b"old old", 4).expect("put");
            entries.1.set(writes);
            let done = put(&entries, "n", b"new new new", 4).is_ok();
            let read = get(&entries, "n").expect("no trouble").expect("there");
            assert_eq!(&**read, if done { &b"new new new"[..] } else { b"old old" }, "{writes}");
            assert_eq!(done, writes == 4);
            entries.1.set(usize::MAX);
            put(&entries, "n", b"last last", 4).expect("put");
            remove(&entries, "n").expect("removed");
            assert!(entries.0.borrow().is_empty(), "{writes}: {:?}", entries.0.borrow().keys());
        }
    }
}
