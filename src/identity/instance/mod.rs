//! An instance of Identity Center: its start URL, its Region, its hosts.

pub mod hosts;
pub mod region;
pub mod start_url;
