//! The HTTP clients: proxy, certificates, limits.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Proxy, redirect};
use rustls::RootCertStore;

use super::env::Env;
use super::patience::Patience;
use super::proxy::ProxyRules;
use super::term::Term;
use super::unwritable::way_in;
use super::{expand, files, pem};
use crate::domain::config_keys::CA_BUNDLE;
use crate::domain::saved::Saved;
use crate::domain::{Error, Result};

/// What the caller decides about the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpSettings {
    /// A profile's `ca_bundle`; `AWS_CA_BUNDLE` comes before it, `REQUESTS_CA_BUNDLE` after.
    pub ca_bundle: Option<String>,
}

/// A client for everything, and one without a proxy or certificates for this machine.
#[derive(Clone, Debug)]
pub struct Http {
    nearby: Client,
    outside: Arc<Outside>,
    /// How its answers are waited for.
    pub patience: Patience,
}

/// The client for everything, made when it is needed: reading the system's certificate store costs
/// milliseconds.
#[derive(Debug)]
struct Outside {
    client: OnceLock<Client>,
    rules: ProxyRules,
    roots: Option<Vec<Certificate>>,
    term: Term,
}

impl Outside {
    fn client(&self) -> reqwest::Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let builder = || proxied(base(), &self.rules);
        let client = match &self.roots {
            Some(roots) => builder().tls_certs_only(roots.clone()).build()?,
            None => match builder().build() {
                Ok(client) => client,
                Err(error) => {
                    self.term.warn(&format!(
                        "no certificate store found, using the built-in one ({})",
                        reasons(&error).join(": ")
                    ));
                    builder().tls_certs_only(built_in_roots()).build()?
                }
            },
        };
        Ok(self.client.get_or_init(|| client))
    }
}

impl Http {
    /// What the environment says of proxy and certificates is read, and may be refused, here.
    pub(super) fn new(
        env: &Env,
        term: Term,
        patience: Patience,
        settings: &HttpSettings,
    ) -> Result<Self> {
        // A second call finds the provider already there; both are the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let nearby = base().no_proxy().tls_certs_only([]).build().map_err(|error| {
            Error::service("the HTTP client cannot be built").cause(reasons(&error).join(": "))
        })?;
        let outside = Outside {
            client: OnceLock::new(),
            rules: ProxyRules::new(env)?,
            roots: ca_bundle(env, settings)?,
            term,
        };
        Ok(Self { nearby, outside: Arc::new(outside), patience })
    }

    /// For addresses of this machine and link-local ones.
    pub(super) fn nearby(&self) -> &Client {
        &self.nearby
    }

    /// For everything else.
    pub(super) fn outside(&self) -> reqwest::Result<&Client> {
        self.outside.client()
    }
}

fn base() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("ssoenv/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
}

/// The proxy of the environment; where it names none, that of the system's settings.
fn proxied(builder: ClientBuilder, rules: &ProxyRules) -> ClientBuilder {
    if !rules.is_set() && cfg!(any(windows, target_os = "macos")) {
        return builder;
    }
    let rules = rules.clone();
    builder.no_proxy().proxy(Proxy::custom(move |url| rules.proxy_for(url)))
}

/// `AWS_CA_BUNDLE`, the profile's, `REQUESTS_CA_BUNDLE`: replaces the trust store. A leading `~` is
/// the home folder, as for the AWS CLI. One broken certificate does not hide the others.
fn ca_bundle(env: &Env, settings: &HttpSettings) -> Result<Option<Vec<Certificate>>> {
    let (name, path) = if let Some(path) = Saved::own(|name| env.get(name), CA_BUNDLE.variable) {
        (CA_BUNDLE.variable, path)
    } else if let Some(path) = settings.ca_bundle.clone() {
        (CA_BUNDLE.name, path)
    } else if let Some(path) = env.get("REQUESTS_CA_BUNDLE") {
        ("REQUESTS_CA_BUNDLE", path)
    } else {
        return Ok(None);
    };
    let path = expand::user(&path, env);
    let shown = path.display();
    let wrong = |why: String, hint: String| {
        Error::config(format!("the CA bundle `{shown}` of `{name}` cannot be used"))
            .cause(why)
            .hint(hint)
    };
    let pem = match files::read(&path) {
        Ok(Some(pem)) => pem,
        Ok(None) => {
            let hint = format!("point `{name}` at a PEM file with your CA, or unset it");
            return Err(wrong("there is no such file".to_owned(), hint));
        }
        Err(error) => return Err(wrong(error.to_string(), way_in(&path))),
    };
    let found = pem::certificates(&pem);
    let good = |der: &Vec<u8>| RootCertStore::empty().add(der.as_slice().into()).is_ok();
    let (all, mut roots) = (found.len(), Vec::new());
    for der in found.into_iter().flatten().filter(good) {
        roots.extend(Certificate::from_der(&der).ok());
    }
    if roots.is_empty() {
        let why = match all {
            0 => "it holds no certificate".to_owned(),
            1 => "its certificate is broken".to_owned(),
            _ => format!("all of its {all} certificates are broken"),
        };
        let hint = format!("put your CA's certificate into `{shown}` again, as PEM text");
        return Err(wrong(why, hint));
    }
    if roots.len() < all {
        log::info!("{} of {all} certificates in `{shown}` are broken: left out", all - roots.len());
    }
    Ok(Some(roots))
}

fn built_in_roots() -> Vec<Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect()
}

/// The error's chain without URLs: queries may hold secrets.
pub(super) fn reasons(error: &reqwest::Error) -> Vec<String> {
    let mut source = std::error::Error::source(error);
    let mut texts = Vec::new();
    while let Some(error) = source {
        let text = error.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        source = error.source();
    }
    texts
}
