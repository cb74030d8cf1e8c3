//! The shells: how each quotes, sets and removes variables, and its hook.
