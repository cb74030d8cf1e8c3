//! `~/.aws/config`, `~/.aws/credentials` and ssoenv's own settings, read and edited.

pub mod comment;
mod connection;
pub mod edit;
pub mod file;
pub mod finding;
pub mod header;
pub mod history;
pub mod index;
pub mod lexer;
mod near_miss;
mod profiles;
pub mod references;
mod resolve;
mod scan;
pub mod setting_edit;
pub mod setting_keys;
mod setting_lines;
pub mod settings;
mod sso;
pub mod store;
mod summary;
pub mod trust;
mod values;
mod warnings;

pub use profiles::{Config, select_profile};
pub use resolve::stray_comment;
pub use setting_keys::MatchResult;
pub use settings::Settings;
pub use sso::scopes;
pub use summary::Summary;
pub use values::{Value, Values};
