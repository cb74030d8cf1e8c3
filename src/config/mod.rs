//! `~/.aws/config`, `~/.aws/credentials` and ssoenv's own settings, read and edited.

pub mod comment;
mod connection;
pub mod edit;
pub mod file;
pub mod finding;
pub mod header;
pub mod history;
pub mod index;
pub mod kept;
mod lexer;
mod lines;
mod logins;
mod near_miss;
mod profiles;
pub mod references;
mod region_key;
mod resolve;
pub mod settings;
mod sso;
pub mod store;
mod summary;
pub mod syntax;
pub mod trust;
mod values;
mod warnings;

pub use profiles::{Config, active_names, select_profile};
pub use settings::Settings;
pub use sso::scopes;
pub use summary::Summary;
pub use syntax::stray_comment;
pub use values::{Value, Values};
