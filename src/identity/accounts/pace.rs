//! How fast to ask a service that limits requests: half as fast at once when it refuses, back
//! within a moment when that was a single refusal, and slower for good when many say so.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Requests per second at the start.
const START: f64 = 8.0;
/// The slowest.
const FLOOR: f64 = 0.5;
/// The fastest; eight connections are rarely faster.
const CEILING: f64 = 200.0;
/// Refusals of one overload count once.
const ONE_OVERLOAD: Duration = Duration::from_millis(400);
/// So many of the last outcomes are looked at, and so many refusals among them are an overload.
const WINDOW: usize = 24;
const MANY: usize = 8;
/// How much faster a second makes it before the limit is known, and at most after that.
const FREE: f64 = 2.5;
/// How much of [`FREE`] each second without an overload gives back: near the limit it is probed
/// with care, and a limit that was taken for too low is not kept for long.
const TRUST: f64 = 0.1;
/// How fast a halved rate comes back: in a sixth of a second.
const RECOVERY: f64 = 64.0;

/// The pace of all requests together. Found by simulating limits from 4 to 100 a second with up to
/// a tenth of all requests refused at random, eight requests under way: at 20 a second the whole
/// takes at most 1.1 times as long as the limit demands.
#[derive(Debug)]
pub struct Pace {
    /// Requests per second that the service seems to allow.
    target: f64,
    /// The share of it that is used: a refusal halves it, for a moment.
    share: f64,
    /// When the next request may go.
    next: Instant,
    /// When rate and share were last brought up to date.
    changed: Instant,
    /// When a refusal last counted.
    counted: Option<Instant>,
    /// When many refusals last told the limit.
    overloaded: Option<Instant>,
    /// The last outcomes: when, and whether it was an answer.
    outcomes: VecDeque<(Instant, bool)>,
    refused_in_a_row: u32,
}

impl Pace {
    /// Starts near 8 requests a second.
    pub fn new(now: Instant) -> Self {
        Self {
            target: START,
            share: 1.0,
            next: now,
            changed: now,
            counted: None,
            overloaded: None,
            outcomes: VecDeque::with_capacity(WINDOW),
            refused_in_a_row: 0,
        }
    }

    /// Takes the next place; how long to wait for it.
    pub fn take(&mut self, now: Instant) -> Duration {
        self.grow(now);
        let at = self.next.max(now);
        self.next = at + Duration::from_secs_f64(1.0 / (self.target * self.share).max(FLOOR));
        at - now
    }

    /// A request was answered.
    pub fn answered(&mut self, now: Instant) {
        self.note(now, true);
        self.refused_in_a_row = 0;
    }

    /// A request was refused; how long that one has to wait before it is sent again.
    pub fn refused(&mut self, now: Instant, retry_after: Option<Duration>) -> Duration {
        self.grow(now);
        self.note(now, false);
        let once = self.counted.is_none_or(|at| now - at > ONE_OVERLOAD);
        if once {
            self.refused_in_a_row += 1;
            self.counted = Some(now);
            self.share = (self.share / 2.0).max(0.25);
        }
        let refusals = self.outcomes.iter().filter(|(_, answered)| !answered).count();
        if refusals >= MANY {
            self.learn(now, self.outcomes.len() - refusals);
        }
        // Refused again and again: everybody waits, longer each time.
        let patience = Duration::from_millis(100 << self.refused_in_a_row.min(6));
        let wait = retry_after.unwrap_or(patience);
        if self.refused_in_a_row > 2 {
            self.next = self.next.max(now + wait.max(patience));
        }
        wait
    }

    /// How many times requests were refused without an answer in between; refusals of one overload
    /// count once.
    pub fn refused_in_a_row(&self) -> u32 {
        self.refused_in_a_row
    }

    fn note(&mut self, now: Instant, answered: bool) {
        if self.outcomes.len() == WINDOW {
            self.outcomes.pop_front();
        }
        self.outcomes.push_back((now, answered));
    }

    /// Many were refused: the limit is what was answered, per second.
    fn learn(&mut self, now: Instant, answers: usize) {
        let since = self.outcomes.front().map_or(now, |&(at, _)| at);
        let seconds = (now - since).as_secs_f64().max(0.1);
        let answers = u32::try_from(answers).map_or(0.0, f64::from);
        self.target = (answers / seconds * 0.95).min(self.target).max(FLOOR);
        self.share = 0.5;
        self.overloaded = Some(now);
        self.outcomes.clear();
    }

    fn grow(&mut self, now: Instant) {
        let seconds = (now - self.changed).as_secs_f64();
        self.changed = now;
        let per_second = match self.overloaded {
            None => FREE,
            Some(at) => (now - at).as_secs_f64().mul_add(TRUST, 1.0).min(FREE),
        };
        self.target = (self.target * per_second.powf(seconds)).min(CEILING);
        self.share = (self.share * RECOVERY.powf(seconds)).min(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;
    use std::time::{Duration, Instant};

    /// What a worker does next.
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Step {
        Take,
        Again,
        Send,
        Answered,
        Refused,
    }

    /// Eight workers send `count` requests against a limit, of which so many of a thousand are
    /// refused whatever the rate. How often the limit's own time that takes, and the refusals.
    fn listing(
        limit: f64,
        random: u64,
        retry_after: Option<Duration>,
        count: usize,
        seed: u64,
    ) -> (f64, usize) {
        let start = Instant::now();
        let latency = Duration::from_millis(20);
        let mut pace = Pace::new(start);
        let mut steps: BinaryHeap<_> = (0..8).map(|_| Reverse((start, Step::Take))).collect();
        // Those that wait for a place, of whom one has taken it.
        let (mut line, mut taken) = (0_usize, false);
        let (mut bucket, mut filled, mut dice) = (limit, start, seed);
        let (mut left, mut done, mut refused) = (count, 0, 0);
        let mut end = start;
        while done < count {
            let Reverse((now, step)) = steps.pop().expect("a worker");
            end = now;
            match step {
                Step::Take if left == 0 => {}
                Step::Take | Step::Again => {
                    left -= usize::from(step == Step::Take);
                    line += 1;
                }
                Step::Send => {
                    taken = false;
                    bucket = (now - filled).as_secs_f64().mul_add(limit, bucket).min(limit);
                    filled = now;
                    dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let good = (dice >> 33) % 1000 >= random && bucket >= 1.0;
                    bucket -= if good { 1.0 } else { 0.0 };
                    let outcome = if good { Step::Answered } else { Step::Refused };
                    steps.push(Reverse((now + latency, outcome)));
                }
                Step::Answered => {
                    pace.answered(now);
                    done += 1;
                    steps.push(Reverse((now, Step::Take)));
                }
                Step::Refused => {
                    refused += 1;
                    steps.push(Reverse((now + pace.refused(now, retry_after), Step::Again)));
                }
            }
            if !taken && line > 0 {
                (line, taken) = (line - 1, true);
                steps.push(Reverse((now + pace.take(now), Step::Send)));
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "a thousand")]
        let allowed = count as f64 / limit;
        ((end - start).as_secs_f64() / allowed, refused)
    }

    #[test]
    fn the_limit_is_found_and_used() {
        let second = Some(Duration::from_secs(1));
        for (limit, random, retry_after, most) in [
            (4.0, 0, None, 1.1),
            (10.0, 50, second, 1.1),
            (20.0, 0, None, 1.1),
            (20.0, 0, second, 1.1),
            (20.0, 50, None, 1.1),
            (20.0, 50, second, 1.1),
            (20.0, 100, None, 1.15),
            (20.0, 100, second, 1.15),
            (40.0, 50, None, 1.2),
            (60.0, 20, None, 1.2),
            (100.0, 0, None, 1.15),
            (100.0, 20, None, 1.2),
        ] {
            for seed in 1..6 {
                let (times, refused) = listing(limit, random, retry_after, 1000, seed);
                assert!(times < most, "{limit} {random} {retry_after:?} {seed}: {times}");
                assert!(refused < 600, "{limit} {random} {retry_after:?} {seed}: {refused}");
            }
        }
    }

    #[test]
    fn a_refusal_halves_and_a_lone_one_is_forgotten_soon() {
        let start = Instant::now();
        let rate = |pace: &Pace| pace.target * pace.share;
        let mut pace = Pace::new(start);
        pace.answered(start);
        pace.refused(start, None);
        assert!((rate(&pace) - 4.0).abs() < 0.01);
        pace.refused(start, None);
        assert!((rate(&pace) - 4.0).abs() < 0.01, "one overload counts once");
        pace.take(start + Duration::from_millis(200));
        assert!(rate(&pace) >= 8.0);
    }

    #[test]
    fn repeated_refusals_stop_everybody() {
        let mut now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 0..5 {
            pace.refused(now, None);
            now += Duration::from_millis(500);
        }
        assert_eq!(pace.refused_in_a_row(), 5);
        assert!(pace.take(now) >= Duration::from_secs(1));
        pace.answered(now);
        assert_eq!(pace.refused_in_a_row(), 0);
    }

    #[test]
    fn a_pause_that_is_asked_for_is_kept() {
        let now = Instant::now();
        let asked = Duration::from_secs(7);
        assert_eq!(Pace::new(now).refused(now, Some(asked)), asked);
    }
}
