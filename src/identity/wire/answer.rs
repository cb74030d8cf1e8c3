//! What may stand in an answer: judged before any file or variable changes.

use crate::domain::timestamp::Timestamp;

/// Whether a text can be a token, a key or an identifier: not empty, and without blanks, control
/// characters and bytes that no header and no variable carries.
pub fn is_credential(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic())
}

/// A moment that a service may name, in seconds of the epoch: from 1970 to the year 9999.
pub fn moment(seconds: i64) -> Option<Timestamp> {
    (0..253_402_300_800).contains(&seconds).then(|| Timestamp::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use crate::domain::names::AccountId;
    use crate::identity::wire::{oidc, portal};

    #[test]
    fn blank_keys_and_impossible_times_are_no_answer() {
        let account = AccountId::from("111122223333");
        let keys = |id: &str, secret: &str, token: &str, expiration: &str| {
            let body = format!(
                r#"{{"roleCredentials": {{"accessKeyId": "{id}", "secretAccessKey": "{secret}",
                "sessionToken": "{token}", "expiration": {expiration}}}}}"#
            );
            portal::credentials_of(body.as_bytes(), &account).is_some()
        };
        let soon = "1790000000000";
        assert!(keys("ASIA", "s/+", "t==", soon));
        assert!(
            !keys("", "s", "t", soon) && !keys("A", "", "t", soon) && !keys("A", "s", "", soon)
        );
        assert!(!keys("A B", "s", "t", soon) && !keys("A", "s\\u0000", "t", soon));
        assert!(!keys("A", "s", "t", "-1") && !keys("A", "s", "t", "253402300800000"));
        let token = |text: &str, life: &str| {
            let body = format!(r#"{{"accessToken": "{text}", "expiresIn": {life}}}"#);
            oidc::token_of(body.as_bytes()).is_some()
        };
        assert!(token("t", "28800"));
        assert!(!token("", "28800") && !token("t", "1000000000000000") && !token("t", "-1"));
    }

    #[test]
    fn a_browser_is_given_web_addresses_alone() {
        let complete = |address: &str| {
            let body = format!(
                r#"{{"deviceCode": "d", "userCode": "AB-CD", "verificationUri": "https://a.example/",
                "verificationUriComplete": "{address}"}}"#
            );
            oidc::device_authorization_of(body.as_bytes()).map(|it| it.verification_uri_complete)
        };
        let good = "https://a.example/?user_code=AB-CD";
        assert_eq!(complete(good).as_deref(), Some(good));
        for bad in [
            "--remote-debugging-port=9222",
            "file:///etc/passwd",
            "javascript:x",
            "http://a.example/",
            "https://a.example/\\u0007",
        ] {
            assert_eq!(complete(bad).as_deref(), Some("https://a.example/"), "{bad}");
        }
    }

    #[test]
    fn names_are_cut() {
        let long = "n".repeat(150_000);
        let body = format!(
            r#"{{"accountList": [{{"accountId": "111122223333", "accountName": "{long}"}}]}}"#
        );
        let page = portal::accounts_of(body.as_bytes()).expect("a page");
        assert_eq!(page.rows[0].name.as_ref().map(String::len), Some(256));
    }
}
