//! AWS and OAuth terms as pure types and decisions: no I/O, no clock, no environment, no printing.

pub mod active;
pub mod arn;
pub mod audit;
pub mod call_settings;
pub mod called;
pub mod console;
pub mod credentials;
pub mod dotfile;
pub mod env_delta;
pub mod error;
pub mod fingerprint;
pub mod frecency;
pub mod label;
pub mod launcher;
pub mod login_session;
pub mod names;
pub mod nearest;
pub mod partition;
pub mod percent;
pub mod pkce;
pub mod plan;
pub mod profile;
pub mod prompt_format;
pub mod rank;
pub mod region;
pub mod region_list;
pub mod saved;
pub mod secret;
pub mod segment;
pub mod speech;
pub mod switch;
pub mod timestamp;
pub mod token;
pub mod winner;
pub mod words;

pub use error::{Error, Kind, Result};
