//! ssoenv: AWS IAM Identity Center credentials in the shell.
//!
//! Layers, each of which uses only what stands to its right or beside it:
//!
//! ```text
//! cli → commands → { identity, config, shell, doctor } → domain
//!                                    io  below all but domain
//! ```
//!
//! [`fast`] stands beside `cli`: it answers the calls that must cost next to nothing before any
//! argument parser, runtime or HTTP client exists. `tests/it/layers.rs` holds the rule.

pub mod cli;
pub mod commands;
pub mod config;
pub mod doctor;
pub mod domain;
pub mod fast;
pub mod identity;
pub mod io;
pub mod shell;
