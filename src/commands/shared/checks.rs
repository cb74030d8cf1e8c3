//! Answers judged and repaired: start URL, Region, scopes, output format, names. No I/O.

use url::Url;

use crate::config::header::is_portable;
use crate::domain::called::called;
use crate::domain::launcher;
use crate::domain::names::AccountId;
use crate::domain::nearest::nearest;
use crate::domain::partition::{AWS, is_within};
use crate::domain::profile::OUTPUT_FORMATS;
use crate::domain::region::Naming;

/// A judgment: why an answer will not do, and what may have been meant.
pub type Judged<T> = Result<T, String>;

/// The scope without which no role credentials are given.
pub const NEEDED_SCOPE: &str = "sso:account:access";

/// Scopes that AWS documents, for did-you-mean.
const SCOPES: [&str; 8] = [
    NEEDED_SCOPE,
    "codecatalyst:read_write",
    "codewhisperer:analysis",
    "codewhisperer:completions",
    "codewhisperer:conversations",
    "codewhisperer:taskassist",
    "codewhisperer:transformations",
    "verified_access:application:connect",
];

/// The start URL that was meant: without `#/`, query and slashes at the end, with `https://` and
/// `/start` where they were left out. A bare word is the portal's name.
pub fn start_url(text: &str) -> Judged<String> {
    let text = text.trim();
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let full = if !text.is_empty() && text.chars().all(bare) {
        format!("https://{text}.awsapps.com/start")
    } else if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let wrong = || "an address is needed, such as `https://example.awsapps.com/start`".to_owned();
    let url = Url::parse(&full).map_err(|_| wrong())?;
    let host = url.host_str().filter(|host| host.contains('.') || *host == "localhost");
    let host = host.ok_or_else(wrong)?;
    let console = is_within(host, &format!("signin.{}", AWS.console.domain));
    if let Some(who) = launcher::owner(host).or(console.then_some("the AWS console")) {
        return Err(format!(
            "this is a page of {who}: open it, choose the AWS access portal there, and copy the address that the portal has then"
        ));
    }
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return Err(format!("the address must start with `https://`: `https://{host}/start`"));
    }
    let path = match url.path().trim_end_matches('/') {
        "" if is_within(host, "awsapps.com") => "/start",
        path => path,
    };
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    Ok(format!("{}://{host}{port}{path}", url.scheme()))
}

/// A Region code. One that has the form of a Region may be newer than this build.
pub fn region(text: &str) -> Judged<()> {
    match Naming::of(text) {
        Naming::Known | Naming::Unknown(_) => Ok(()),
        naming => Err(match naming.meant() {
            Some(near) => format!("Region `{text}` is not valid; did you mean `{near}`?"),
            None => format!("Region `{text}` is not valid; write one such as `eu-central-1`"),
        }),
    }
}

/// A Region code, or none.
pub fn optional_region(text: &str) -> Judged<()> {
    if text.is_empty() { Ok(()) } else { region(text) }
}

/// Scopes, separated by commas.
pub fn scopes(text: &str) -> Judged<()> {
    let scopes = crate::config::scopes(text);
    for scope in &scopes {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
        if scope.contains(':') && scope.chars().all(good) {
            continue;
        }
        return Err(match nearest(scope, SCOPES) {
            Some(near) => format!("scope `{scope}` is not valid; did you mean `{near}`?"),
            None => format!("scope `{scope}` is not valid; write one such as `{NEEDED_SCOPE}`"),
        });
    }
    if let Some(near) = scopes.iter().find_map(|scope| {
        nearest(scope, [NEEDED_SCOPE]).filter(|_| !scopes.iter().any(|s| s == NEEDED_SCOPE))
    }) {
        return Err(format!("did you mean `{near}`?"));
    }
    if scopes.iter().any(|scope| scope == NEEDED_SCOPE) {
        return Ok(());
    }
    Err(format!("`{NEEDED_SCOPE}` is needed to get credentials"))
}

/// An output format of the AWS CLI; empty for none.
pub fn output(text: &str) -> Judged<()> {
    if text.is_empty() || OUTPUT_FORMATS.contains(&text) {
        return Ok(());
    }
    Err(match nearest(text, OUTPUT_FORMATS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", OUTPUT_FORMATS.join(", ")),
    })
}

/// A name for a session or profile that every AWS tool reads.
pub fn name(text: &str) -> Judged<()> {
    if is_portable(text) {
        return Ok(());
    }
    Err("use letters, digits and `_-/.%@:+`: some AWS tools read no other names".to_owned())
}

/// An account by its ID, by its exact name, or in any letter case by a name that only one has.
pub fn account<'a>(
    wanted: &str,
    accounts: &'a [(AccountId, Option<String>)],
) -> Judged<&'a AccountId> {
    let named = called(accounts, wanted, |(id, name)| (id.as_str(), name.as_deref()));
    match named.as_slice() {
        [(id, _)] => Ok(id),
        [] => {
            let known = accounts
                .iter()
                .flat_map(|(id, name)| [Some(id.as_str()), name.as_deref()].into_iter().flatten());
            Err(match nearest(wanted, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "no account of that ID or name is assigned to you".to_owned(),
            })
        }
        several => {
            let ids: Vec<_> = several.iter().map(|(id, _)| id.as_str()).collect();
            Err(format!("several accounts have that name: {}", ids.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_urls_are_repaired() {
        for (text, expected) in [
            ("https://example.awsapps.com/start", "https://example.awsapps.com/start"),
            (" https://example.awsapps.com/start/#/ ", "https://example.awsapps.com/start"),
            ("https://example.awsapps.com/start#", "https://example.awsapps.com/start"),
            ("https://example.awsapps.com", "https://example.awsapps.com/start"),
            ("example.awsapps.com/start/", "https://example.awsapps.com/start"),
            ("d-1234567890", "https://d-1234567890.awsapps.com/start"),
            ("https://sso.example.com/", "https://sso.example.com"),
            ("http://127.0.0.1:8080/start/", "http://127.0.0.1:8080/start"),
            (
                "https://ssoins-1.portal.eu-west-1.app.aws/?x=1",
                "https://ssoins-1.portal.eu-west-1.app.aws",
            ),
        ] {
            assert_eq!(start_url(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "http://example.com/start", "https://", "ftp://a.b", "a b"] {
            assert!(start_url(text).is_err(), "{text}");
        }
        for text in
            ["https://myapplications.microsoft.com/?tenantid=x", "https://acme.okta.com/app"]
        {
            assert!(start_url(text).is_err_and(|why| why.contains("access portal")), "{text}");
        }
        assert!(start_url("https://notokta.com/start").is_ok());
    }

    #[test]
    fn near_misses_are_named() {
        assert!(region("eu-central-1").is_ok() && region("xx-future-1").is_err());
        assert!(region("eu-central-9").is_ok(), "newer than this build");
        assert!(region("us-east1").is_err_and(|why| why.contains("`us-east-1`")));
        assert!(region("Ireland").is_err_and(|why| why.contains("`eu-west-1`")));
        assert!(scopes("sso:account:acces").is_err_and(|why| why.contains("sso:account:access")));
        assert!(scopes("codewhisperer:completions").is_err_and(|why| why.contains("needed")));
        assert!(scopes("sso:account:access, codewhisperer:completions").is_ok());
        assert!(output("jsno").is_err_and(|why| why.contains("`json`")) && output("").is_ok());
        assert!(name("my dev").is_err() && name("a/b@c").is_ok());
    }

    #[test]
    fn accounts_by_id_and_name() {
        let accounts = [
            ("111122223333".into(), Some("Prod".to_owned())),
            ("222233334444".into(), Some("Twin".to_owned())),
            ("333344445555".into(), Some("twin".to_owned())),
            ("444455556666".into(), None),
        ];
        let find = |wanted| account(wanted, &accounts).map(AccountId::as_str);
        assert_eq!(find("444455556666"), Ok("444455556666"));
        assert_eq!(find("prod"), Ok("111122223333"));
        assert_eq!(find("Twin"), Ok("222233334444"));
        assert!(find("TWIN").is_err_and(|why| why.contains("222233334444, 333344445555")));
        assert!(find("Prdo").is_err_and(|why| why.contains("`Prod`")));
    }
}
