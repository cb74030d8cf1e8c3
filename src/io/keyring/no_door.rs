//! The door of a keyring that has no lock which can be seen.

#![allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "the door of Linux can fail")]

use super::answer::Trouble;

pub struct Door;

impl Door {
    pub fn open() -> Result<Self, Trouble> {
        Ok(Self)
    }

    pub fn check(&self) -> Result<(), Trouble> {
        Ok(())
    }

    pub fn unlock(&self) -> Result<(), Trouble> {
        Ok(())
    }
}
