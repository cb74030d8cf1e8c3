//! The Region of an Identity Center instance, found by its start URL: read from the host, followed
//! through a redirect, or asked of the service, the likely Regions first.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

use crate::config::Config;
use crate::domain::Result;
use crate::domain::names::Region;
use crate::domain::partition::{AWS, Partition, is_portal_host, region_of_portal};
use crate::domain::profile::{Connection, SsoSession};
use crate::domain::region::Naming;
use crate::domain::timestamp::Timestamp;
use crate::identity::instance::start_url;
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::oidc::{DEFAULT_SCOPE, REGISTERED_REDIRECT};
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::host_of;
use crate::io::App;
use crate::io::http::{Http, Method, Request, Stage};

/// How many Regions are asked at once.
const AT_ONCE: usize = 16;
/// How long one Region may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long all of them may take together: somebody waits.
pub const BUDGET: Duration = Duration::from_secs(6);

/// What is known of an instance's Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discovered {
    /// The portal's host names it.
    Named(Region),
    /// The service there accepted the start URL.
    Accepted(Region),
    /// Every Region that was asked refused the start URL.
    Nowhere,
    /// A Region could not be asked, and all others refused; or one configured endpoint stands for
    /// all of them.
    Unknown,
}

impl Discovered {
    /// The Region, if it was found.
    pub fn region(&self) -> Option<&Region> {
        match self {
            Self::Named(region) | Self::Accepted(region) => Some(region),
            Self::Nowhere | Self::Unknown => None,
        }
    }
}

/// Whether the Region may be misspelled: this build does not know it, and nothing answers there.
pub fn may_be_misspelled(region: &Region, failure: &Failure) -> bool {
    Naming::of(region.as_str()) != Naming::Known
        && matches!(failure, Failure::Transport(error)
            if matches!(error.stage, Stage::Connect | Stage::Timeout) && !error.is_tls())
}

/// Whether nothing answers in a Region that may have no Identity Center.
fn is_not_there(region: &Region, failure: &Failure) -> bool {
    !Partition::of(region.as_str()).is_common(region.as_str()) && failure.is_unsent()
}

/// Regions in which an instance probably is: those of the sessions, and the user's own.
pub fn likely(app: &App, config: &Config) -> Vec<Region> {
    let sessions = config.sessions().into_iter().flatten().map(|session| session.region);
    let legacy = config.legacy_sessions().into_iter().map(|session| session.region);
    let own = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().filter_map(|name| app.env.get(name));
    sessions.chain(legacy).chain(own.map(Region::new)).collect()
}

/// Finds the Region of the instance behind `start_url`; `likely` Regions are asked first.
///
/// # Errors
/// Kind `Config` for a start URL that is none, kind `Interrupted`.
pub fn discover(
    app: &App,
    connection: &Connection,
    start_url: &str,
    likely: &[Region],
) -> Result<Discovered> {
    discover_within(app, connection, start_url, likely, BUDGET)
}

/// [`discover`] for a caller that has less time.
pub fn discover_within(
    app: &App,
    connection: &Connection,
    start_url: &str,
    likely: &[Region],
    budget: Duration,
) -> Result<Discovered> {
    let url = start_url::parse(start_url)?;
    if let Some(region) = named(&url) {
        return Ok(Discovered::Named(region));
    }
    let net = app.net(&endpoint::http(connection))?;
    let session = SsoSession {
        name: None,
        start_url: start_url.to_owned(),
        region: Region::new(""),
        scopes: None,
    };
    net.run(async {
        let resolved = start_url::resolve(&net.http, &session).await?;
        let target = start_url::parse(&resolved.start_url)?;
        if let Some(region) = named(&target) {
            return Ok(Discovered::Named(region));
        }
        let regions = candidates(&target, likely);
        let Some(endpoints) = endpoints(app, connection, &regions)? else {
            return Ok(Discovered::Unknown);
        };
        let asked = ask(&net.http, &resolved.start_url, endpoints);
        Ok(timeout(budget, asked).await.unwrap_or(Discovered::Unknown))
    })
}

fn named(url: &Url) -> Option<Region> {
    url.host_str().and_then(region_of_portal).map(Region::from)
}

/// The Regions of the portal's partition, the likely ones first. An organization's own host says
/// nothing of its partition.
fn candidates(url: &Url, likely: &[Region]) -> Vec<Region> {
    let host = url.host_str().filter(|host| is_portal_host(host)).unwrap_or_default();
    let id = match host.trim_end_matches('.').rsplit('.').next() {
        Some("cn") => "aws-cn",
        Some("eu") => "aws-eusc",
        _ if host.contains("us-gov") => "aws-us-gov",
        _ => "aws",
    };
    let partition = Partition::by_id(id).unwrap_or(&AWS);
    let mut regions: Vec<Region> = Vec::new();
    let known = partition.sso_regions().map(Region::from);
    let fits = |region: &&Region| Partition::holding(region.as_str()) == Some(partition);
    let likely = likely.iter().filter(fits).cloned();
    for region in likely.chain(known) {
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    regions
}

/// Each Region's OIDC endpoint; `None` where one configured endpoint stands for all of them.
fn endpoints(
    app: &App,
    connection: &Connection,
    regions: &[Region],
) -> Result<Option<Vec<(Region, String)>>> {
    let mut found = Vec::new();
    for region in regions {
        let url = endpoint::base(&app.env, connection, Service::Oidc, region.as_str())?;
        found.push((region.clone(), url));
    }
    let one_for_all = found.len() > 1 && found[0].1 == found[1].1;
    Ok((!one_for_all).then_some(found))
}

async fn ask(http: &Http, start_url: &str, regions: Vec<(Region, String)>) -> Discovered {
    let mut waiting = regions.into_iter();
    let mut asked = JoinSet::new();
    let (mut refused, mut all_refused) = (false, true);
    loop {
        while asked.len() < AT_ONCE
            && let Some((region, endpoint)) = waiting.next()
        {
            let (http, start_url) = (http.clone(), start_url.to_owned());
            asked.spawn(async move {
                let answer = knock(&http, &endpoint, &start_url, PATIENCE).await;
                (region, answer.result)
            });
        }
        match asked.join_next().await {
            Some(Ok((region, Ok(())))) => return Discovered::Accepted(region),
            Some(Ok((region, Err(failure)))) => {
                let is_refusal = failure.service().is_some_and(|error| error.status == 400);
                refused |= is_refusal;
                // There is no such Region, or none with Identity Center yet.
                all_refused &= is_refusal
                    || may_be_misspelled(&region, &failure)
                    || is_not_there(&region, &failure);
            }
            // It may be the one that said nothing.
            Some(Err(_)) => all_refused = false,
            None if refused && all_refused => return Discovered::Nowhere,
            None => return Discovered::Unknown,
        }
    }
}

/// What an OIDC endpoint says to a start URL.
#[derive(Debug)]
pub struct Answer {
    /// Whether it accepts the start URL; status 400 says that it does not know it.
    pub result: CallResult<()>,
    /// The service's clock.
    pub date: Option<Timestamp>,
}

/// Registers a client for the start URL: only the Region of its instance accepts that.
pub async fn knock(http: &Http, endpoint: &str, start_url: &str, patience: Duration) -> Answer {
    let operation = "RegisterClient";
    let body = json!({
        "clientName": "ssoenv",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": [REGISTERED_REDIRECT],
        "issuerUrl": start_url,
        "scopes": [DEFAULT_SCOPE],
    });
    let mut request = Request::new(Method::Post, format!("{endpoint}/client/register"))
        .header("content-type", "application/json")
        .body(body.to_string());
    request.timeout = Some(patience);
    let host = host_of(endpoint);
    match http.send(request).await {
        Ok(answer) => {
            log::info!("{operation}: {host} answered {}", answer.status);
            let date = answer.header("date").and_then(Timestamp::parse);
            let known = serde_json::from_slice::<Value>(&answer.body)
                .is_ok_and(|body| body.get("clientId").is_some());
            let result = match (answer.is_success(), known) {
                (true, true) => Ok(()),
                (true, false) => Err(Failure::foreign(operation, &host, &answer)),
                (false, _) => Err(Failure::of_answer(operation, &host, &answer)),
            };
            Answer { result, date }
        }
        Err(error) => {
            log::info!("{operation}: {error}");
            Answer { result: Err(Failure::Transport(error)), date: None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::candidates;
    use crate::domain::names::Region;
    use url::Url;

    #[test]
    fn likely_regions_of_the_partition_come_first() {
        let first = |url: &str, likely: &str| {
            let url = Url::parse(url).expect("a URL");
            candidates(&url, &[Region::from(likely)])[0].to_string()
        };
        assert_eq!(first("https://x.awsapps.com/start", "ap-south-1"), "ap-south-1");
        assert_eq!(first("https://x.awsapps.com/start", "cn-north-1"), "us-east-1");
        assert_eq!(first("https://start.home.awsapps.cn/x", "us-east-1"), "cn-north-1");
        assert_eq!(
            first("https://start.us-gov-home.awsapps.com/directory/x", "us-east-1"),
            "us-gov-west-1"
        );
        assert_eq!(first("https://start.home.awsapps.cn./x", "us-east-1"), "cn-north-1");
        assert_eq!(
            first("https://identitycenter.amazonaws.eu/ssoins-1", "eu-central-1"),
            "eusc-de-east-1"
        );
        // Somebody's own host, which did not lead anywhere; and what is no Region.
        assert_eq!(first("https://sso.example.eu", "eu-west-3"), "eu-west-3");
        assert_eq!(first("https://sso.example.cn", "oregon"), "us-east-1");
        assert!(
            candidates(&Url::parse("https://x.awsapps.com/start").expect("a URL"), &[])
                .contains(&"sa-west-1".into())
        );
        // A Region that is newer than this build is asked too.
        assert_eq!(first("https://x.awsapps.com/start", "eu-central-9"), "eu-central-9");
    }
}
