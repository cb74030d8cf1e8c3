//! The accounts and roles that a person has in a session: asked of the portal, kept, and their names
//! for prompts and lists.

mod fetch;
mod known;
mod names;
mod pace;
mod workers;

pub use fetch::{Listed, Wanted, learn_names, list};
pub use known::{Accounts, Entry, all, load};
pub use names::{account_name, names, path as names_path};
