//! One AWS file changed line by line: every byte that an edit does not mean stays.
//!
//! Each operation splices the text, reads what is around it again by the AWS CLI's rules, and is refused unless
//! exactly the intended keys changed. What is written is what every AWS reader understands: headers
//! and keys as they stand elsewhere in the file, `key = value`, one header and one key of a name.

mod change;
mod check;
mod draft;
mod name;
mod place;

pub use draft::Draft;
pub use name::{Name, Place};
