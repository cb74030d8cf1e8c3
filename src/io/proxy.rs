//! Which proxy a request goes through, by the rules of the AWS CLI (Python's `urllib`): the lower
//! case variable first, an empty one switches it off, `NO_PROXY` is a list of host suffixes.
//! Requests are `https`, or go to this machine, which is never proxied.

use url::Url;

use super::env::Env;
use crate::domain::speech;
use crate::domain::{Error, Result};

/// The proxy for `https`, and the hosts that do without.
#[derive(Clone, Debug, Default)]
pub struct ProxyRules {
    /// With user and password, so never shown.
    proxy: Option<Url>,
    except: Vec<String>,
}

impl ProxyRules {
    /// Reads `https_proxy`, `HTTPS_PROXY`, `no_proxy`, `NO_PROXY`.
    ///
    /// # Errors
    /// Kind `Config` for a proxy that is no URL.
    pub fn new(env: &Env) -> Result<Self> {
        let either = |lower: &str, upper: &str| {
            let value = env.get(lower).map(|value| (lower.to_owned(), value));
            value.or_else(|| env.get(upper).map(|value| (upper.to_owned(), value)))
        };
        let proxy = match either("https_proxy", "HTTPS_PROXY") {
            Some((name, text)) if !text.trim().is_empty() => Some(parse(&name, text.trim())?),
            _ => None,
        };
        let except = either("no_proxy", "NO_PROXY").map(|(_, list)| list).unwrap_or_default();
        let except = except.split(',').map(|host| host.trim().to_ascii_lowercase());
        Ok(Self { proxy, except: except.filter(|host| !host.is_empty()).collect() })
    }

    /// Whether a proxy is named at all.
    pub fn is_set(&self) -> bool {
        self.proxy.is_some()
    }

    /// The proxy for a URL.
    pub fn proxy_for(&self, url: &Url) -> Option<Url> {
        let host = url.host_str()?.to_ascii_lowercase();
        let with_port = format!("{host}:{}", url.port_or_known_default()?);
        let excepted = self.except.iter().any(|except| {
            let suffix = except.trim_start_matches('.');
            except == "*"
                || [&host, &with_port].into_iter().any(|name| {
                    name.strip_suffix(suffix).is_some_and(|r| r.is_empty() || r.ends_with('.'))
                })
        });
        self.proxy.clone().filter(|_| !excepted)
    }
}

fn parse(name: &str, text: &str) -> Result<Url> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    if let Some((scheme @ ("socks4" | "socks4a" | "socks5" | "socks5h"), _)) =
        with_scheme.split_once("://")
    {
        return Err(Error::config(format!("the proxy in `{name}` is a SOCKS proxy (`{scheme}`)"))
            .cause("ssoenv and the AWS CLI use HTTP proxies only")
            .hint(format!("set `{name}` to an HTTP proxy, `http://HOST:PORT`, or unset it")));
    }
    Url::parse(&with_scheme)
        .ok()
        .filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| {
            Error::config(format!("the proxy in `{name}` is not a URL")).hint(format!(
                "set `{name}` to `http://HOST:PORT`, or run `{}`",
                speech::unset(&[name])
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::ProxyRules;
    use crate::io::env::Env;
    use url::Url;

    fn proxy(env: &[(&str, &str)], url: &str) -> Option<String> {
        let rules = ProxyRules::new(&Env::fixed(env.iter().copied())).expect("good rules");
        rules.proxy_for(&Url::parse(url).expect("a URL")).map(|url| url.to_string())
    }

    #[test]
    fn as_the_aws_cli_chooses() {
        let aws = "https://oidc.us-east-1.amazonaws.com/token";
        let upper = ("HTTPS_PROXY", "http://upper:1");
        let lower = ("https_proxy", "http://lower:2");
        for (env, expected) in [
            (&[upper][..], Some("http://upper:1/")),
            (&[upper, lower], Some("http://lower:2/")),
            (&[upper, ("https_proxy", "")], None),
            (&[("HTTPS_PROXY", "proxy:3128")], Some("http://proxy:3128/")),
            (&[("HTTPS_PROXY", "http://a:b%40c@p:1")], Some("http://a:b%40c@p:1/")),
            (&[("ALL_PROXY", "http://all:1")], None),
            (&[("HTTP_PROXY", "http://plain:1")], None),
            (&[upper, ("NO_PROXY", "amazonaws.com")], None),
            (&[upper, ("NO_PROXY", "x, .amazonaws.com:443")], None),
            (&[upper, ("NO_PROXY", "amazonaws.com:444")], Some("http://upper:1/")),
            (&[upper, ("NO_PROXY", "aws.com")], Some("http://upper:1/")),
            (&[upper, ("NO_PROXY", "*")], None),
            (&[upper, ("NO_PROXY", "*"), ("no_proxy", "")], Some("http://upper:1/")),
            (&[], None),
        ] {
            assert_eq!(proxy(env, aws).as_deref(), expected, "{env:?}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused_without_showing_it() {
        for text in ["http://", "ftp://x:1", "http://user:secret@:80", "socks5h://user:secret@x:1"]
        {
            let error = ProxyRules::new(&Env::fixed([("https_proxy", text)])).expect_err(text);
            assert!(!format!("{error:?}").contains("secret"));
        }
    }
}
