//! An instance of Identity Center: its start URL, and its Region where only the start URL is
//! known.

pub mod region;
pub mod start_url;
