//! How a simulator is set up before it listens.

use crate::center::IdentityCenter;

/// Settings of an [`IdentityCenter`] that cannot change later.
#[derive(Clone, Debug)]
pub struct Builder {
    pub(crate) region: String,
    pub(crate) start_url: String,
    pub(crate) user: String,
    pub(crate) port: u16,
    pub(crate) auto_approve: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            start_url: "https://example.awsapps.com/start".to_owned(),
            user: "jane.doe@example.com".to_owned(),
            port: 0,
            auto_approve: true,
        }
    }
}

impl Builder {
    /// The instance's home region.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// The one start (and issuer) URL that is accepted.
    #[must_use]
    pub fn start_url(mut self, url: impl Into<String>) -> Self {
        self.start_url = url.into();
        self
    }

    /// The person's user name, which appears in ARNs.
    #[must_use]
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.user = name.into();
        self
    }

    /// The port to listen on; 0 chooses one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Does every login succeed without a person?
    #[must_use]
    pub fn auto_approve(mut self, on: bool) -> Self {
        self.auto_approve = on;
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// If the port is taken.
    pub fn build(self) -> IdentityCenter {
        IdentityCenter::from_builder(self)
    }
}
