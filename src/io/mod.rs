//! Bytes, files, time, sockets, terminal and processes. Knows no AWS.
//!
//! `reqwest` stands in `http` and `client` alone, the tokio runtime in `runtime` alone, the crates of
//! keyrings in `keyring` alone.

pub mod app;
pub mod ask;
pub mod beside;
pub mod browser;
pub mod captured;
pub mod child;
mod client;
pub mod clock;
mod connections;
pub mod crash;
pub mod door;
pub mod env;
pub mod expand;
pub mod files;
pub mod http;
pub mod keyring;
pub mod limits;
mod line;
pub mod lock;
pub mod modes;
pub mod own;
pub mod owner;
pub mod paths;
pub mod patience;
mod peer;
mod pem;
pub mod picker;
pub mod process;
pub mod progress;
pub mod proxy;
pub mod random;
mod replace;
pub mod runtime;
pub mod server;
pub mod service;
pub mod signals;
pub mod system_file;
mod temporary;
pub mod term;
pub mod tty;
mod typed;
pub mod unwritable;

pub use app::App;
