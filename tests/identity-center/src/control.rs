//! Ordering behavior and looking at what happened.

use crate::call::Logged;
use crate::center::IdentityCenter;
use crate::config::Lifetimes;
use crate::operation::Operation;
use crate::rate::{Bucket, Whim};
use crate::reply::Reply;
use std::time::Duration;

impl IdentityCenter {
    /// How long what is issued from now on is good for.
    pub fn lifetimes(&self, lifetimes: Lifetimes) {
        self.shared.state().lifetimes = lifetimes;
    }

    /// Rows per page at most.
    pub fn page_size(&self, rows: usize) {
        self.shared.state().page_size = rows;
    }

    /// Each request waits this long before it is answered.
    pub fn latency(&self, wait: Duration) {
        self.shared.state().latency = wait;
    }

    /// Requests of one operation wait this much more.
    pub fn latency_of(&self, op: Operation, wait: Duration) {
        self.shared.state().op_latency.insert(op, wait);
    }

    /// Limits portal requests per second (`None`: no limit); refused ones get 429, on wish with `Retry-After`.
    pub fn rate_limit(&self, per_second: Option<f64>, retry_after: bool) {
        let mut state = self.shared.state();
        state.rate = per_second.map(|n| Bucket::new(n, retry_after, state.now()));
    }

    /// Refuses so many portal requests in a thousand with 429, whatever their rate; the same seed
    /// refuses the same ones.
    pub fn refuse_at_random(&self, permille: u64, seed: u64) {
        self.shared.state().whim = Some(Whim::new(permille, seed));
    }

    /// Orders answers: one per request of the operation, in turn, before the normal behavior.
    pub fn script(&self, op: Operation, replies: impl IntoIterator<Item = Reply>) {
        self.shared.state().scripts.entry(op).or_default().extend(replies);
    }

    /// Forgets the answers that were ordered with [`Self::script`] and did not come to pass.
    pub fn unscript(&self, op: Operation) {
        self.shared.state().scripts.remove(&op);
    }

    /// Orders the answer to every request of the operation after its script; `None` ends that.
    pub fn always(&self, op: Operation, reply: Option<Reply>) {
        let mut state = self.shared.state();
        match reply {
            Some(reply) => state.always.insert(op, reply),
            None => state.always.remove(&op),
        };
    }

    /// The requests so far, in order of arrival.
    pub fn requests(&self) -> Vec<Logged> {
        self.shared.state().log.clone()
    }

    /// How many requests of an operation came.
    pub fn count(&self, op: Operation) -> usize {
        self.shared.state().log.iter().filter(|l| l.op == op).count()
    }

    /// Forgets the requests so far, and the greatest number under way.
    pub fn clear_requests(&self) {
        let mut state = self.shared.state();
        state.log.clear();
        state.max_in_flight = state.in_flight;
    }

    /// The greatest number of requests under way at once.
    pub fn max_in_flight(&self) -> usize {
        self.shared.state().max_in_flight
    }

    /// The rules that clients broke.
    pub fn violations(&self) -> Vec<String> {
        self.shared.state().violations.clone()
    }

    /// # Panics
    /// If a client broke a rule.
    pub fn assert_clean(&self) {
        let violations = self.violations();
        assert!(violations.is_empty(), "violations:\n  {}", violations.join("\n  "));
    }

    /// Takes violations that contain this text off the list.
    ///
    /// # Panics
    /// If there is none.
    pub fn expect_violation(&self, contains: &str) {
        let all = self.violations();
        self.shared.state().violations.retain(|v| !v.contains(contains));
        assert!(
            all.iter().any(|v| v.contains(contains)),
            "no violation contains {contains:?}; there are: {all:#?}"
        );
    }

    /// Lets time pass; gives how much has passed so in all.
    pub fn pass(&self, time: Duration) -> Duration {
        let mut state = self.shared.state();
        state.passed += time;
        state.passed
    }

    /// The server's clock is ahead by this much (negative: behind).
    pub fn clock_skew(&self, seconds: i64) {
        self.shared.state().skew = seconds;
    }

    /// Answers come without `Date`, as some proxies strip it.
    pub fn hide_date(&self) {
        self.shared.state().hides_date = true;
    }

    /// Every secret issued: tokens, client secrets, codes, keys.
    pub fn issued_secrets(&self) -> Vec<String> {
        self.shared.state().secrets.issued.clone()
    }
}
