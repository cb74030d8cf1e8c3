//! Identity providers: their pages of applications are taken for start URLs.

use super::partition::is_within;

/// Hosts, and whose they are.
const LAUNCHERS: [(&str, &str); 13] = [
    ("myapplications.microsoft.com", "Microsoft"),
    ("myapps.microsoft.com", "Microsoft"),
    ("login.microsoftonline.com", "Microsoft"),
    ("okta.com", "Okta"),
    ("oktapreview.com", "Okta"),
    ("okta-emea.com", "Okta"),
    ("accounts.google.com", "Google"),
    ("onelogin.com", "OneLogin"),
    ("jumpcloud.com", "JumpCloud"),
    ("duosecurity.com", "Duo"),
    ("pingone.com", "Ping"),
    ("pingidentity.com", "Ping"),
    ("auth0.com", "Auth0"),
];

/// Whose page the host has, if it is an identity provider's and not a portal's.
pub fn owner(host: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    LAUNCHERS.into_iter().find_map(|(domain, owner)| is_within(&host, domain).then_some(owner))
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn whole_domains_count() {
        assert_eq!(owner("acme.okta.com"), Some("Okta"));
        assert_eq!(owner("LAUNCHER.myapps.microsoft.com."), Some("Microsoft"));
        assert_eq!(owner("notokta.com"), None);
        assert_eq!(owner("example.awsapps.com"), None);
    }
}
