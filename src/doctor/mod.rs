//! One check, one function.
