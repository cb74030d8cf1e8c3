//! What can be asked of the simulator, and how a request is recognized.

/// An operation of one of the simulated services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// `POST /client/register`
    RegisterClient,
    /// `POST /device_authorization`
    StartDeviceAuthorization,
    /// `GET /authorize`, the page that a browser opens for the authorization code flow.
    Authorize,
    /// `GET` or `POST /device`, the page on which a person types the user code.
    DevicePage,
    /// `POST /token`
    CreateToken,
    /// `GET /assignment/accounts`
    ListAccounts,
    /// `GET /assignment/roles`
    ListAccountRoles,
    /// `GET /federation/credentials`
    GetRoleCredentials,
    /// `POST /logout`
    Logout,
    /// STS `GetCallerIdentity`
    GetCallerIdentity,
    /// STS `AssumeRole`
    AssumeRole,
    /// STS `AssumeRoleWithWebIdentity`
    AssumeRoleWithWebIdentity,
    /// `GET /federation?Action=getSigninToken`
    GetSigninToken,
    /// `GET /federation?Action=login`
    ConsoleLogin,
    /// `GET /v1/authorize`, the page that a browser opens for a console login (`aws login`).
    SigninAuthorize,
    /// `GET /v1/sessions/confirmation`, which shows the code of such a login on another device.
    SigninConfirmation,
    /// `POST /v1/token`
    CreateOAuth2Token,
    /// The access portal's own page.
    StartPage,
    /// A host (or the path `/vanity`) that redirects to the start URL.
    Vanity,
    /// What browsers ask for by themselves, such as `/favicon.ico`.
    BrowserNoise,
    /// Anything else; always a violation.
    Unknown,
}

/// Operations that share hosts and the shape of their errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Oidc,
    Portal,
    Sts,
    /// Console federation.
    Signin,
    /// Console sign-in.
    Login,
    Page,
}

impl Operation {
    pub(crate) fn family(self) -> Family {
        match self {
            Self::RegisterClient
            | Self::StartDeviceAuthorization
            | Self::Authorize
            | Self::CreateToken => Family::Oidc,
            Self::ListAccounts
            | Self::ListAccountRoles
            | Self::GetRoleCredentials
            | Self::Logout => Family::Portal,
            Self::GetCallerIdentity | Self::AssumeRole | Self::AssumeRoleWithWebIdentity => {
                Family::Sts
            }
            Self::GetSigninToken | Self::ConsoleLogin => Family::Signin,
            Self::SigninAuthorize | Self::SigninConfirmation | Self::CreateOAuth2Token => {
                Family::Login
            }
            Self::DevicePage
            | Self::StartPage
            | Self::Vanity
            | Self::BrowserNoise
            | Self::Unknown => Family::Page,
        }
    }

    /// The operation that a request line names; `action` is the STS or federation action.
    pub(crate) fn recognize(method: &str, path: &str, action: Option<&str>) -> Self {
        match (method, path) {
            ("POST", "/client/register") => Self::RegisterClient,
            ("POST", "/device_authorization") => Self::StartDeviceAuthorization,
            ("POST", "/token") => Self::CreateToken,
            ("GET" | "POST", "/authorize") => Self::Authorize,
            ("GET" | "POST", "/device") => Self::DevicePage,
            ("GET", "/assignment/accounts") => Self::ListAccounts,
            ("GET", "/assignment/roles") => Self::ListAccountRoles,
            ("GET", "/federation/credentials") => Self::GetRoleCredentials,
            ("POST", "/logout") => Self::Logout,
            ("GET" | "POST", "/v1/authorize") => Self::SigninAuthorize,
            ("GET", "/v1/sessions/confirmation") => Self::SigninConfirmation,
            ("POST", "/v1/token") => Self::CreateOAuth2Token,
            ("GET", "/federation") => match action {
                Some("getSigninToken") => Self::GetSigninToken,
                Some("login") => Self::ConsoleLogin,
                _ => Self::Unknown,
            },
            ("POST", "/") => match action {
                Some("GetCallerIdentity") => Self::GetCallerIdentity,
                Some("AssumeRole") => Self::AssumeRole,
                Some("AssumeRoleWithWebIdentity") => Self::AssumeRoleWithWebIdentity,
                _ => Self::Unknown,
            },
            ("GET" | "HEAD", "/vanity") => Self::Vanity,
            ("GET" | "HEAD", path)
                if path == "/favicon.ico" || path.starts_with("/.well-known/appspecific/") =>
            {
                Self::BrowserNoise
            }
            ("GET" | "HEAD", path)
                if path == "/" && action.is_none()
                    || path.starts_with("/start")
                    || path.starts_with("/directory/") =>
            {
                Self::StartPage
            }
            _ => Self::Unknown,
        }
    }
}
