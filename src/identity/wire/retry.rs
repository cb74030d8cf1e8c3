//! One call with the attempts it may have: the AWS CLI's `standard` mode, and the rule that a
//! code or refresh token is never sent again unless the service certainly did not use it.

use std::time::Duration;

use url::Url;

use crate::domain::config_keys::MAX_ATTEMPTS;
use crate::domain::profile::Connection;
use crate::domain::saved::Saved;
use crate::identity::wire::refusal::{CallResult, Failure, ServiceError};
use crate::io::env::Env;
use crate::io::http::{Http, Request, Response, Stage, TransportError};
use crate::io::random;

/// What may be repeated after which outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Doing it twice does no harm.
    Idempotent,
    /// Carries a code or refresh token that works once: repeated only if no byte was sent, or
    /// after a complete 429 or 5xx answer.
    SingleUse,
    /// A poll of the device flow: `slow_down` is an answer for the caller.
    Poll,
}

/// How many attempts a call has.
#[derive(Clone, Copy, Debug)]
pub struct Attempts {
    /// In all, for anything that may be repeated.
    pub any: u32,
    /// In all, while the service asks to slow down.
    pub throttled: u32,
}

impl Attempts {
    /// `AWS_MAX_ATTEMPTS`, the profile's `max_attempts`, or 3, and 5 while throttled.
    pub fn new(env: &Env, connection: &Connection) -> Self {
        let own = Saved::own(|name| env.get(name), MAX_ATTEMPTS.variable);
        let number = own.filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
        match number.and_then(|text| text.parse().ok()).or(connection.max_attempts) {
            Some(n) if n >= 1 => Self { any: n, throttled: n },
            _ => Self { any: 3, throttled: 5 },
        }
    }

    /// A single attempt.
    pub const fn one() -> Self {
        Self { any: 1, throttled: 1 }
    }
}

/// How long one call may take with all its attempts and pauses. A service that asks for more with
/// `Retry-After` is taken at its word: nobody waits before a silent terminal.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a call that may be repeated waits for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a call may take while nobody answers: another one has just waited in vain.
const IMPATIENCE: Duration = Duration::from_secs(5);

/// How long an answer that cannot be asked for again is waited for at least: who gives up earlier
/// has used up a refresh token, or lost a login that a person has approved.
const LAST_ANSWER: Duration = Duration::from_secs(30);

/// When the last attempt of a call may begin, and when the call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    begin: Duration,
    end: Duration,
}

impl Limits {
    /// For a request with a timeout of its own, that for each attempt, and the pauses between.
    fn new(rule: Rule, attempts: Attempts, timeout: Option<Duration>, is_silent: bool) -> Self {
        let time = match (timeout, rule) {
            (Some(each), _) => each.saturating_mul(attempts.any).saturating_add(PATIENCE),
            (None, Rule::Idempotent) if is_silent => IMPATIENCE,
            (None, Rule::Idempotent) => PATIENCE,
            (None, Rule::SingleUse | Rule::Poll) => {
                return Self { begin: PATIENCE, end: PATIENCE + LAST_ANSWER };
            }
        };
        Self { begin: time, end: time }
    }
}

/// Sends a request until there is a success, an outcome that ends it, or no attempt is left.
pub async fn call(
    http: &Http,
    attempts: Attempts,
    operation: &'static str,
    rule: Rule,
    request: Request,
) -> CallResult<Response> {
    each(http, attempts, operation, rule, || request.clone()).await
}

/// [`call`], where each attempt has a request of its own.
pub async fn each(
    http: &Http,
    attempts: Attempts,
    operation: &'static str,
    rule: Rule,
    make: impl Fn() -> Request,
) -> CallResult<Response> {
    let first = make();
    let host = host_of(&first.url);
    let limits = Limits::new(rule, attempts, first.timeout, http.patience.is_silent());
    let last = http.patience.clock.deadline(limits.begin);
    let call = async {
        let mut attempt = 1;
        loop {
            log::debug!("{operation}: attempt {attempt} to {host}");
            let failure = match once(http, rule, limits, make()).await {
                Ok(answer) if answer.is_success() => {
                    log::info!("{operation}: {host} answered {}", answer.status);
                    return Ok(answer);
                }
                Ok(answer) => Failure::of_answer(operation, &host, &answer),
                Err(error) => Failure::Transport(error),
            };
            log::info!("{operation}: {}", in_words(&failure));
            let pause = pause_before_next(rule, attempts, attempt, &failure);
            let Some(pause) = pause.filter(|pause| *pause < last.left()) else {
                return Err(failure);
            };
            log::debug!("{operation}: again in {} ms", pause.as_millis());
            http.patience.clock.sleep(pause).await;
            attempt += 1;
        }
    };
    let what = format!("an answer from `{host}`");
    let answer = http.patience.wait(limits.end, &what, call).await;
    // An attempt may have been under way: nobody knows what the service did with it.
    let answer = answer.unwrap_or_else(|| Err(Failure::Transport(TransportError::late(&host))));
    // That the addresses of instances are silent elsewhere says nothing of the network.
    if first.timeout.is_none() {
        let silent =
            matches!(&answer, Err(Failure::Transport(error)) if error.stage == Stage::Timeout);
        http.patience.note_silence(silent);
    }
    answer
}

async fn once(
    http: &Http,
    rule: Rule,
    limits: Limits,
    mut request: Request,
) -> Result<Response, TransportError> {
    if rule != Rule::Idempotent || request.timeout.is_some() {
        request.timeout.get_or_insert(limits.end);
        return http.send(request).await;
    }
    let late = TransportError::late(&host_of(&request.url));
    tokio::select! {
        biased;
        answer = http.send(request) => answer,
        () = http.patience.clock.sleep(TIMEOUT) => Err(late),
    }
}

/// The pause before the next attempt; `None` where there is none.
fn pause_before_next(
    rule: Rule,
    attempts: Attempts,
    attempt: u32,
    failure: &Failure,
) -> Option<Duration> {
    let throttled = failure.service().is_some_and(ServiceError::is_throttling);
    let allowed = if throttled { attempts.throttled } else { attempts.any };
    if attempt >= allowed || !may_repeat(rule, failure) {
        return None;
    }
    // random(0, 1) × min(2^(n−1), 20) seconds, and no less than the service asks for.
    let ceiling = 2_u64.saturating_pow(attempt - 1).min(20) * 1000;
    let jitter = Duration::from_millis(ceiling * random_permille() / 1000);
    let asked = failure.service().and_then(|error| error.retry_after).unwrap_or(0);
    Some(jitter.saturating_add(Duration::from_secs(asked)))
}

fn may_repeat(rule: Rule, failure: &Failure) -> bool {
    match failure {
        Failure::Transport(error) => match (rule, error.stage) {
            (_, Stage::Connect) => !error.is_tls(),
            (Rule::SingleUse, _) | (_, Stage::Overlong) => false,
            (Rule::Idempotent | Rule::Poll, _) => true,
        },
        Failure::Service(error) if rule == Rule::Poll && error.is(&["SlowDownException"]) => false,
        Failure::Service(error) => {
            error.is_throttling()
                || matches!(error.status, 500 | 502 | 503 | 504)
                || (rule != Rule::SingleUse
                    && error.is(&[
                        "RequestTimeout",
                        "RequestTimeoutException",
                        "PriorRequestNotComplete",
                    ]))
        }
        Failure::Foreign { .. } | Failure::Repeating => false,
    }
}

fn random_permille() -> u64 {
    u64::from(u16::from_le_bytes(random::bytes().unwrap_or_default())) * 1000 / u64::from(u16::MAX)
}

/// `host:port` of a URL, for messages.
pub fn host_of(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return url.to_owned() };
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn in_words(failure: &Failure) -> String {
    match failure {
        Failure::Transport(error) => format!("{error} ({})", error.causes.join(": ")),
        Failure::Service(error) => error.describe(),
        Failure::Foreign { host, what, .. } => format!("`{host}` answered {what}"),
        Failure::Repeating => "pages come again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Attempts, Limits, Rule, pause_before_next};
    use crate::identity::wire::refusal::{Failure, ServiceError};
    use crate::io::http::{Stage, TransportError};

    fn service(status: u16, code: &str) -> Failure {
        Failure::Service(Box::new(ServiceError {
            operation: "CreateToken",
            host: "h".to_owned(),
            status,
            code: code.to_owned(),
            message: String::new(),
            retry_after: (status == 429).then_some(2),
            date: None,
        }))
    }

    fn transport(stage: Stage) -> Failure {
        Failure::Transport(TransportError { stage, host: "h".to_owned(), causes: Vec::new() })
    }

    #[test]
    fn what_works_once_is_waited_for_whoever_was_silent_before() {
        let four = Attempts { any: 4, throttled: 4 };
        let minute = Some(Duration::from_secs(60));
        for (rule, timeout, is_silent, begin, end) in [
            (Rule::Idempotent, None, false, 20, 20),
            (Rule::Idempotent, None, true, 5, 5),
            (Rule::SingleUse, None, false, 20, 50),
            (Rule::SingleUse, None, true, 20, 50),
            (Rule::Poll, None, true, 20, 50),
            (Rule::Idempotent, minute, true, 260, 260),
        ] {
            let limits = Limits::new(rule, four, timeout, is_silent);
            let expected =
                Limits { begin: Duration::from_secs(begin), end: Duration::from_secs(end) };
            assert_eq!(limits, expected, "{rule:?} {timeout:?} {is_silent}");
        }
    }

    #[test]
    fn what_may_be_sent_again() {
        let three = Attempts { any: 3, throttled: 5 };
        for (failure, idempotent, single, poll) in [
            (transport(Stage::Connect), true, true, true),
            (transport(Stage::Exchange), true, false, true),
            (transport(Stage::Timeout), true, false, true),
            (transport(Stage::Overlong), false, false, false),
            (service(500, "InternalServerException"), true, true, true),
            (service(429, "TooManyRequestsException"), true, true, true),
            (service(400, "SlowDownException"), true, true, false),
            (service(400, "InvalidGrantException"), false, false, false),
            (service(501, "501"), false, false, false),
        ] {
            for (rule, expected) in
                [(Rule::Idempotent, idempotent), (Rule::SingleUse, single), (Rule::Poll, poll)]
            {
                let pause = pause_before_next(rule, three, 1, &failure);
                assert_eq!(pause.is_some(), expected, "{rule:?} {failure:?}");
            }
        }
    }

    #[test]
    fn attempts_end_and_retry_after_counts() {
        let three = Attempts { any: 3, throttled: 5 };
        let broken = service(503, "503");
        assert!(pause_before_next(Rule::Idempotent, three, 2, &broken).is_some());
        assert!(pause_before_next(Rule::Idempotent, three, 3, &broken).is_none());
        let throttled = service(429, "TooManyRequestsException");
        let pause = pause_before_next(Rule::Idempotent, three, 1, &throttled).expect("a pause");
        assert!((2.0..=3.0).contains(&pause.as_secs_f64()), "{pause:?}");
        assert!(pause_before_next(Rule::Idempotent, three, 5, &throttled).is_none());
    }
}
