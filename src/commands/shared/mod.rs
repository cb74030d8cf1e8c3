//! What several verbs have in common.

mod word;

pub use word::word;
