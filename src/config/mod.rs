//! `~/.aws/config`, `~/.aws/credentials` and ssoenv's own settings, read and edited.

mod connection;
pub mod file;
pub mod header;
pub mod lexer;
mod near_miss;
mod profiles;
mod resolve;
mod sso;
mod values;

pub use profiles::{Config, select_profile};
pub use resolve::{is_region, stray_comment};
pub use sso::scopes;
pub use values::{Value, Values};
