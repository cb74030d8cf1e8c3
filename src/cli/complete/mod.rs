//! Completion.
mod candidates;
mod line;
