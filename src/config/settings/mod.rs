//! ssoenv's own settings: the system's file first, which an administrator writes, then the user's.
//!
//! Which keys there are and what their values may be stands in [`table`].

pub mod edit;
pub mod key;
pub mod kinds;
mod layer;
mod lines;
mod load;
mod matching;
mod reader;
mod state;
pub mod table;

pub use layer::{Layer, Origin};
pub use matching::{Match, Names};
pub use state::Settings;
pub use table::{General, Rules};
