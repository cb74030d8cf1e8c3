//! The shells: how each quotes, sets and removes variables, and its hook.

pub mod powershell_hook;
