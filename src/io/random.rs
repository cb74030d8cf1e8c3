//! Random bytes from the operating system.

use super::limits::RANDOM_HINT;
use crate::domain::{Error, Result};

/// `N` random bytes.
///
/// # Errors
/// When the operating system has no randomness: nothing safe can be done then.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::failed("the system gives no random bytes").cause(error).hint(RANDOM_HINT).own()
    })?;
    Ok(bytes)
}

/// A random UUID, version 4, as text.
pub fn uuid4() -> Result<String> {
    let mut b = bytes::<16>()?;
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    let hex: String = b.iter().flat_map(|x| [x >> 4, x & 15]).map(hex_digit).collect();
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

fn hex_digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}
