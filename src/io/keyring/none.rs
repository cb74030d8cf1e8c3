//! No keyring: this program was built without the feature.

use std::convert::Infallible;

use super::answer::{Bytes, Trouble};

/// There is none.
#[derive(Debug)]
pub struct Store(Infallible);

impl Store {
    pub const BUILT: bool = false;
    pub const ASKS_BY_ITSELF: bool = false;

    pub fn open() -> Result<Self, Trouble> {
        Err(Trouble::NotBuilt)
    }

    pub fn check(&self) -> Result<(), Trouble> {
        match self.0 {}
    }

    pub fn unlock(&self) -> Result<(), Trouble> {
        match self.0 {}
    }

    pub fn get(&self, _: &str, _: &str) -> Result<Option<Bytes>, Trouble> {
        match self.0 {}
    }

    pub fn put(&self, _: &str, _: &str, _: &[u8]) -> Result<(), Trouble> {
        match self.0 {}
    }

    pub fn try_put(&self, _: &str, _: &str) -> Result<(), Trouble> {
        match self.0 {}
    }

    pub fn remove(&self, _: &str, _: &str) -> Result<bool, Trouble> {
        match self.0 {}
    }

    pub fn names(&self, _: &str) -> Result<Vec<String>, Trouble> {
        match self.0 {}
    }
}
