//! What a profile says of where and how AWS is called, and the variables that say the same: keys
//! mode carries it along, as if the profile itself were in use.

/// What the variable of a service's endpoint starts with; the service's name follows.
const SERVICE_ENDPOINT: &str = "AWS_ENDPOINT_URL_";
/// The endpoint of every service.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// Each key with its variable, in the order in which they are set. Endpoints of a `services`
/// section come behind the first.
pub const SETTINGS: [(&str, &str); 24] = [
    ("endpoint_url", ENDPOINT),
    ("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    ("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT"),
    ("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT"),
    ("ca_bundle", "AWS_CA_BUNDLE"),
    ("retry_mode", "AWS_RETRY_MODE"),
    ("max_attempts", "AWS_MAX_ATTEMPTS"),
    ("defaults_mode", "AWS_DEFAULTS_MODE"),
    ("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS"),
    ("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE"),
    ("sigv4a_signing_region_set", "AWS_SIGV4A_SIGNING_REGION_SET"),
    ("request_checksum_calculation", "AWS_REQUEST_CHECKSUM_CALCULATION"),
    ("response_checksum_validation", "AWS_RESPONSE_CHECKSUM_VALIDATION"),
    ("disable_request_compression", "AWS_DISABLE_REQUEST_COMPRESSION"),
    ("request_min_compression_size_bytes", "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES"),
    ("sdk_ua_app_id", "AWS_SDK_UA_APP_ID"),
    ("auth_scheme_preference", "AWS_AUTH_SCHEME_PREFERENCE"),
    ("output", "AWS_DEFAULT_OUTPUT"),
    ("disable_host_prefix_injection", "AWS_DISABLE_HOST_PREFIX_INJECTION"),
    ("endpoint_discovery_enabled", "AWS_ENDPOINT_DISCOVERY_ENABLED"),
    ("s3_disable_express_session_auth", "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH"),
    ("s3_us_east_1_regional_endpoint", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"),
    ("s3_use_arn_region", "AWS_S3_USE_ARN_REGION"),
    ("tcp_keepalive", "BOTOCORE_TCP_KEEPALIVE"),
];

/// The settings of a profile as variables: `text` gives a key's value, `services` the endpoints of
/// the `services` section by service. Empty values say nothing.
pub fn variables<'a>(
    text: impl Fn(&str) -> Option<&'a str>,
    services: &[(String, String)],
) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (key, variable) in SETTINGS {
        let value = text(key).filter(|value| !value.is_empty());
        all.extend(value.map(|value| (variable.to_owned(), value.to_owned())));
        if variable == ENDPOINT {
            let of_services = services.iter().filter_map(|(service, url)| {
                let name = format!("{SERVICE_ENDPOINT}{}", service.to_ascii_uppercase());
                let name = name.replace(['-', ' '], "_");
                is_variable(&name).then(|| (name, url.clone()))
            });
            all.extend(of_services);
        }
    }
    all
}

/// Whether a variable is one of these.
pub fn is_variable(name: &str) -> bool {
    if let Some(service) = name.strip_prefix(SERVICE_ENDPOINT) {
        let is_word = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        return !service.is_empty() && service.len() <= 64 && service.bytes().all(is_word);
    }
    SETTINGS.iter().any(|(_, variable)| *variable == name)
}

/// Those of a profile's settings that keys mode sets. What the user has set stays: for AWS tools
/// too a variable wins over the file. `own` gives the user's value of a variable.
pub fn to_set(
    settings: &[(String, String)],
    own: impl Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    // One endpoint of the user's for all services wins over the file's for one.
    let one_for_all = own(ENDPOINT).is_some();
    let is_free =
        |name: &str| own(name).is_none() && !(one_for_all && name.starts_with(SERVICE_ENDPOINT));
    settings.iter().filter(|(name, _)| is_free(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_become_variables_in_order() {
        let keys = [("output", "json"), ("endpoint_url", "http://x"), ("ca_bundle", "")];
        let text =
            |key: &str| keys.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
        let services =
            [("s3".to_owned(), "http://s3".to_owned()), ("elastic_x".into(), "y".into())];
        let all = variables(text, &services);
        let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "AWS_ENDPOINT_URL",
                "AWS_ENDPOINT_URL_S3",
                "AWS_ENDPOINT_URL_ELASTIC_X",
                "AWS_DEFAULT_OUTPUT"
            ]
        );
        assert!(names.into_iter().all(is_variable));
        for other in ["AWS_ENDPOINT_URL_", "AWS_ENDPOINT_URL_s3", "PATH", "AWS_PROFILE"] {
            assert!(!is_variable(other), "{other}");
        }
    }
}
