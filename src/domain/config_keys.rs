//! Keys of a profile that ssoenv itself obeys. The variable of each wins over the file, as for the
//! AWS CLI.

/// A key with its variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// In the profile.
    pub name: &'static str,
    /// In the environment.
    pub variable: &'static str,
}

const fn key(name: &'static str, variable: &'static str) -> Key {
    Key { name, variable }
}

/// Certificates instead of the system's.
pub const CA_BUNDLE: Key = key("ca_bundle", "AWS_CA_BUNDLE");
/// Endpoints with validated cryptography.
pub const FIPS: Key = key("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT");
/// Endpoints with IPv6.
pub const DUAL_STACK: Key = key("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT");
/// The endpoint of every service.
pub const ENDPOINT_URL: Key = key("endpoint_url", "AWS_ENDPOINT_URL");
/// Whether configured endpoints do not count.
pub const IGNORE_ENDPOINTS: Key =
    key("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
/// Attempts of a call.
pub const MAX_ATTEMPTS: Key = key("max_attempts", "AWS_MAX_ATTEMPTS");
/// Where an instance's metadata are.
pub const METADATA_ENDPOINT: Key =
    key("ec2_metadata_service_endpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT");
/// `ipv4` or `ipv6`.
pub const METADATA_MODE: Key =
    key("ec2_metadata_service_endpoint_mode", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
/// The older word for `ipv6`.
pub const METADATA_IPV6: Key = key("imds_use_ipv6", "AWS_IMDS_USE_IPV6");
/// Seconds that one request for metadata may take.
pub const METADATA_TIMEOUT: Key = key("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT");
pub const METADATA_ATTEMPTS: Key =
    key("metadata_service_num_attempts", "AWS_METADATA_SERVICE_NUM_ATTEMPTS");

/// All of them.
pub const ALL: [Key; 11] = [
    CA_BUNDLE,
    FIPS,
    DUAL_STACK,
    ENDPOINT_URL,
    IGNORE_ENDPOINTS,
    MAX_ATTEMPTS,
    METADATA_ENDPOINT,
    METADATA_MODE,
    METADATA_IPV6,
    METADATA_TIMEOUT,
    METADATA_ATTEMPTS,
];
