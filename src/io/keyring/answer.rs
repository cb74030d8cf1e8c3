//! What a keyring gives, and why it gives nothing.

use zeroize::Zeroizing;

/// Bytes that are wiped when dropped.
pub type Bytes = Zeroizing<Vec<u8>>;

/// Why the keyring did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This program was built without one.
    NotBuilt,
    /// There is none in this session: why.
    Absent(String),
    /// It is locked, and was not unlocked.
    Locked,
    /// It keeps silent.
    Silent,
    /// Anything else: what it said.
    Failed(String),
}
