//! Per-profile settings that change how AWS is reached.

use super::profiles::{Config, active_names};
use super::values::{Value, Values};
use crate::domain::call_settings;
use crate::domain::config_keys::{self, Key};
use crate::domain::names::ProfileName;
use crate::domain::profile::Connection;
use crate::domain::{Error, Result};
use crate::io::env::Env;

impl Config {
    /// Endpoint settings of a profile, or of `default` where none is named. A profile that is not
    /// there has none.
    pub fn connection(&self, profile: Option<&str>) -> Result<Connection> {
        let name = profile.unwrap_or("default");
        let Some(values) = self.values(name) else { return Ok(Connection::default()) };
        let flag = |key: Key| values.text(key.name).map(|text| text.eq_ignore_ascii_case("true"));
        let text = |key: Key| values.text(key.name).filter(|t| !t.is_empty()).map(str::to_owned);
        let service_urls = self.service_urls(name, values)?;
        Ok(Connection {
            variables: call_settings::variables(|key| values.text(key), &service_urls),
            fips: flag(config_keys::FIPS),
            dual_stack: flag(config_keys::DUAL_STACK),
            ignore_configured: flag(config_keys::IGNORE_ENDPOINTS),
            endpoint_url: text(config_keys::ENDPOINT_URL),
            service_urls,
            ca_bundle: text(config_keys::CA_BUNDLE),
            max_attempts: text(config_keys::MAX_ATTEMPTS).and_then(|text| text.trim().parse().ok()),
        })
    }

    /// The same of the profile that is in use here, if there is one.
    pub fn active_connection(&self, env: &Env) -> Result<Connection> {
        self.connection(active_names(env).next().as_ref().map(ProfileName::as_str))
    }

    fn service_urls(&self, name: &str, values: Values) -> Result<Vec<(String, String)>> {
        let Some(services) = values.text("services") else { return Ok(Vec::new()) };
        let section = self.services_values(services).filter(|section| !section.is_empty());
        let section = section.ok_or_else(|| {
            Error::config(format!(
                "the profile `{name}` names the services section `{services}`, which does not exist"
            ))
            .cause(format!("the \"{services}\" services configuration does not exist"))
            .hint(format!("add `[services {services}]`, or remove `services` from the profile"))
        })?;
        let url = |map: &[(&str, &str)]| {
            let (_, url) =
                map.iter().find(|(key, url)| *key == "endpoint_url" && !url.is_empty())?;
            Some((*url).to_owned())
        };
        Ok(section
            .list()
            .into_iter()
            .filter_map(|(service, value)| match value {
                Value::Map(map) => url(&map).map(|url| (service.to_owned(), url)),
                Value::Text(_) => None,
            })
            .collect())
    }
}
