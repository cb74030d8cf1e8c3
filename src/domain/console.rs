//! The AWS console: where each partition's is, short names of its pages, and which addresses may be
//! opened there.

use url::Url;

use super::nearest::nearest;
use super::partition::{ConsoleHosts, Partition, is_within};
use super::percent;
use super::profile::SsoRole;
use super::{Error, Result};

const SERVICES: &str = include_str!("console_services.txt");

/// A partition's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Console {
    pub partition: &'static Partition,
    hosts: &'static ConsoleHosts,
}

impl Console {
    /// The console of a partition.
    ///
    /// # Errors
    /// Kind `Config` for partitions whose console is not public.
    pub fn of(partition: &'static Partition) -> Result<Self> {
        let hosts = Some(&partition.console).filter(|hosts| hosts.public).ok_or_else(|| {
            Error::config(format!(
                "the console of the partition `{}` is not known to ssoenv",
                partition.id
            ))
            .hint("open it from the access portal")
        })?;
        Ok(Self { partition, hosts })
    }

    /// Where sign-in tokens are given, for a Region where it is known.
    pub fn signin_host(&self, region: Option<&str>) -> String {
        let region = region.unwrap_or(if self.hosts.bare_region.is_empty() {
            self.partition.global_region
        } else {
            self.hosts.bare_region
        });
        format!("{}signin.{}", self.prefix(region), self.hosts.domain)
    }

    fn prefix(&self, region: &str) -> String {
        if region == self.hosts.bare_region { String::new() } else { format!("{region}.") }
    }

    /// The page of a service, or the first page, in a Region where one is known.
    ///
    /// # Errors
    /// Kind `Usage` for a name that no service has.
    pub fn page(&self, service: Option<&str>, region: Option<&str>) -> Result<String> {
        let (path, global) = match service {
            Some(name) => lookup(name)?,
            None => ("console/home", false),
        };
        let Some(region) = region.filter(|_| !global) else {
            return Ok(format!("https://console.{}/{path}", self.hosts.domain));
        };
        // What stands behind `#` comes last.
        let (path, fragment) = match path.split_once('#') {
            Some((path, fragment)) => (path, format!("#{fragment}")),
            None => (path, String::new()),
        };
        let host = format!("{}console.{}", self.prefix(region), self.hosts.domain);
        Ok(format!("https://{host}/{path}?region={region}{fragment}"))
    }

    /// Refuses what is no page of this partition's console: a sign-in must not lead elsewhere.
    pub fn check(&self, destination: &str) -> Result<()> {
        let url = Url::parse(destination).ok();
        let good = url.is_some_and(|url| {
            let host = url.host_str().unwrap_or_default();
            url.scheme() == "https"
                && url.username().is_empty()
                && url.port().is_none()
                && is_within(host, self.hosts.domain)
        });
        if good {
            return Ok(());
        }
        Err(Error::usage(format!("`{destination}` is no page of this partition's console")).hint(
            format!("pass an address that starts with `https://console.{}/`", self.hosts.domain),
        ))
    }
}

/// The short names of all services, in alphabetical order.
pub fn services() -> impl Iterator<Item = &'static str> {
    rows().map(|(name, ..)| name)
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    SERVICES.lines().filter_map(|line| {
        let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
        Some((words.next()?, words.next()?, words.next() == Some("global")))
    })
}

fn lookup(name: &str) -> Result<(&'static str, bool)> {
    let wanted = name.to_ascii_lowercase();
    if let Some((_, path, global)) = rows().find(|(known, ..)| *known == wanted) {
        return Ok((path, global));
    }
    let error = Error::usage(format!("there is no service `{name}` in ssoenv's list"));
    Err(match nearest(&wanted, services()) {
        Some(near) => error.hint(format!("did you mean `--service {near}`?")),
        None => error,
    }
    .hint("pass its page instead: `--destination URL`"))
}

/// The access portal's own way to the console: it signs in with the browser's portal session, and
/// no secret leaves this machine.
pub fn portal_shortcut(role: &SsoRole, destination: Option<&str>) -> String {
    let portal = role.session.start_url.trim_end_matches(['/', '#']);
    let destination = destination.map(|url| format!("&destination={}", percent::component(url)));
    format!(
        "{portal}/#/console?account_id={}&role_name={}{}",
        percent::component(role.account_id.as_str()),
        percent::component(role.role_name.as_str()),
        destination.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::SsoSession;

    fn console(region: &str) -> Console {
        Console::of(Partition::of(region)).expect("a console")
    }

    #[test]
    fn pages_of_each_partition() {
        for (region, service, expected) in [
            ("us-east-1", None, "https://console.aws.amazon.com/console/home?region=us-east-1"),
            (
                "eu-west-1",
                Some("ec2"),
                "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1",
            ),
            ("eu-west-1", Some("IAM"), "https://console.aws.amazon.com/iam/home"),
            (
                "eu-west-1",
                Some("logs"),
                "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups",
            ),
            (
                "cn-northwest-1",
                Some("s3"),
                "https://cn-northwest-1.console.amazonaws.cn/s3/home?region=cn-northwest-1",
            ),
            (
                "us-gov-west-1",
                Some("s3"),
                "https://console.amazonaws-us-gov.com/s3/home?region=us-gov-west-1",
            ),
            (
                "eusc-de-east-1",
                None,
                "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
            ),
        ] {
            assert_eq!(console(region).page(service, Some(region)).as_deref(), Ok(expected));
        }
        assert_eq!(
            console("us-east-1").page(None, None).as_deref(),
            Ok("https://console.aws.amazon.com/console/home")
        );
        assert!(Console::of(Partition::of("us-iso-east-1")).is_err());
        assert!(
            console("us-east-1")
                .page(Some("ec3"), None)
                .is_err_and(|e| { e.hints[0] == "did you mean `--service ec2`?" })
        );
    }

    #[test]
    fn sign_in_hosts() {
        for (region, given, host) in [
            ("us-east-1", None, "signin.aws.amazon.com"),
            ("us-east-1", Some("us-east-1"), "signin.aws.amazon.com"),
            ("us-east-1", Some("eu-south-2"), "eu-south-2.signin.aws.amazon.com"),
            ("cn-north-1", None, "signin.amazonaws.cn"),
            ("us-gov-west-1", Some("us-gov-east-1"), "us-gov-east-1.signin.amazonaws-us-gov.com"),
            ("eusc-de-east-1", None, "eusc-de-east-1.signin.amazonaws-eusc.eu"),
        ] {
            assert_eq!(console(region).signin_host(given), host);
        }
    }

    #[test]
    fn only_pages_of_the_console_are_led_to() {
        for (url, good) in [
            ("https://console.aws.amazon.com/", true),
            ("https://eu-west-1.console.aws.amazon.com/s3/buckets?region=eu-west-1", true),
            ("https://health.aws.amazon.com/health/home", true),
            ("http://console.aws.amazon.com/", false),
            ("https://console.aws.amazon.com.evil.example/", false),
            ("https://console.aws.amazon.com@evil.example/", false),
            ("https://x@console.aws.amazon.com/", false),
            ("https://evilaws.amazon.com/", false),
            ("https://console.amazonaws.cn/", false),
            ("https://console.aws.amazon.com:8443/", false),
            ("javascript:alert(1)", false),
            ("/s3/home", false),
        ] {
            assert_eq!(console("us-east-1").check(url).is_ok(), good, "{url}");
        }
    }

    #[test]
    fn names_are_sorted_and_lead_somewhere() {
        let names: Vec<_> = services().collect();
        assert!(names.len() >= 84, "{}", names.len());
        assert!(names.is_sorted());
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        for name in names {
            let page = console("us-east-1").page(Some(name), Some("eu-west-1")).expect("a page");
            assert!(console("us-east-1").check(&page).is_ok(), "{page}");
        }
    }

    #[test]
    fn the_portal_is_asked_without_tail() {
        for url in ["https://x.awsapps.com/start", "https://x.awsapps.com/start/#/"] {
            let role = SsoRole {
                session: SsoSession {
                    name: None,
                    start_url: url.to_owned(),
                    region: "us-east-1".into(),
                    scopes: None,
                },
                account_id: "012345678901".into(),
                role_name: "Team+Ops".into(),
            };
            assert_eq!(
                portal_shortcut(&role, None),
                "https://x.awsapps.com/start/#/console?account_id=012345678901&role_name=Team%2BOps"
            );
            assert!(
                portal_shortcut(&role, Some("https://a/?b=c#d"))
                    .ends_with("&destination=https%3A%2F%2Fa%2F%3Fb%3Dc%23d")
            );
        }
    }
}
