//! Eight workers that ask the portal at a common pace, and keep what comes.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::known::{Accounts, Entry, save};
use super::pace::Pace;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::profile::SsoSession;
use crate::domain::secret::Secret;
use crate::identity::wire::portal::{Account, Page, Portal, all_pages};
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::io::App;
use crate::io::progress::Progress;

/// Times that the service refuses in a row after which it is taken at its word: some six seconds.
const ENOUGH: u32 = 6;
/// The longest pause that is made when the service asks for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How often what came is written down.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// Everything that the workers need.
pub(super) struct Fetcher<'a> {
    pub app: &'a App,
    pub session: &'a SsoSession,
    pub portal: &'a Portal<'a>,
    pub token: &'a Secret,
    pub pace: RefCell<Pace>,
    /// Held by the one that waits for the next place.
    pub turn: Mutex<()>,
}

impl Fetcher<'_> {
    /// All accounts.
    pub(super) async fn accounts(&self) -> CallResult<Vec<Account>> {
        self.all(async |next: Option<String>| {
            self.portal.list_accounts(self.token, next.as_deref()).await
        })
        .await
    }

    /// Lists the roles of every account that is wanted.
    pub(super) async fn roles(
        &self,
        work: &RefCell<Accounts>,
        wanted: impl Fn(&Accounts, &Entry) -> bool,
    ) -> CallResult<()> {
        let (queue, done, total): (VecDeque<_>, _, _) = {
            let known = work.borrow();
            let wanted = |(_, account): &(usize, &Entry)| wanted(&known, account);
            let accounts = known.accounts.iter().enumerate().filter(wanted);
            let queue = accounts.map(|(at, _)| at).collect();
            (queue, known.with_roles(), known.accounts.len())
        };
        let shared = Shared {
            queue: RefCell::new(queue),
            failed: RefCell::new(None),
            saved: RefCell::new(Instant::now()),
            progress: Progress::new(&self.app.term, done, total, "accounts"),
        };
        let worker = || self.worker(work, &shared);
        tokio::join!(
            worker(),
            worker(),
            worker(),
            worker(),
            worker(),
            worker(),
            worker(),
            worker()
        );
        match shared.failed.into_inner() {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    async fn worker(&self, work: &RefCell<Accounts>, shared: &Shared) {
        loop {
            if shared.failed.borrow().is_some() {
                return;
            }
            let Some(at) = shared.queue.borrow_mut().pop_front() else { return };
            let account = AccountId::new(work.borrow().accounts[at].id.clone());
            let roles = self
                .all(async |next: Option<String>| {
                    self.portal.list_account_roles(self.token, &account, next.as_deref()).await
                })
                .await;
            match roles {
                Ok(roles) => {
                    let roles = roles.into_iter().map(|role: RoleName| role.to_string()).collect();
                    work.borrow_mut().listed(at, roles);
                    shared.progress.at(work.borrow().with_roles());
                    self.save_now_and_then(work, shared);
                }
                // Taken away since the accounts were listed.
                Err(Failure::Service(error)) if error.status == 404 => {
                    work.borrow_mut().listed(at, Vec::new());
                }
                Err(failure) => {
                    shared.failed.borrow_mut().get_or_insert(failure);
                    return;
                }
            }
        }
    }

    fn save_now_and_then(&self, work: &RefCell<Accounts>, shared: &Shared) {
        let mut saved = shared.saved.borrow_mut();
        if saved.elapsed() >= SAVE_EVERY {
            *saved = Instant::now();
            if let Err(error) = save(self.app, self.session, &work.borrow()) {
                log::info!("progress was not kept: {error}");
            }
        }
    }

    /// All pages of a list, each at the common pace.
    async fn all<T>(
        &self,
        page: impl AsyncFn(Option<String>) -> CallResult<Page<T>>,
    ) -> CallResult<Vec<T>> {
        let page = &page;
        // Boxed: eight of them are in the future of one listing.
        all_pages(|next| Box::pin(self.paced(async move || page(next.clone()).await))).await
    }

    /// Waits for a place. One waits for it at a time, so that a change of the pace counts at once.
    async fn wait(&self) {
        let _turn = self.turn.lock().await;
        let wait = self.pace.borrow_mut().take(self.app.clock.instant());
        self.app.clock.sleep(wait).await;
    }

    /// One call at the common pace, again as long as the service asks to slow down.
    async fn paced<T>(&self, call: impl AsyncFn() -> CallResult<T>) -> CallResult<T> {
        loop {
            self.wait().await;
            match call().await {
                Err(Failure::Service(error)) if error.is_throttling() => {
                    let asked = error.retry_after.map(Duration::from_secs);
                    if asked.is_some_and(|asked| asked > LONGEST_PAUSE) {
                        return Err(Failure::Service(error));
                    }
                    let wait = self.pace.borrow_mut().refused(self.app.clock.instant(), asked);
                    if self.pace.borrow().refused_in_a_row() >= ENOUGH {
                        return Err(Failure::Service(error));
                    }
                    self.app.clock.sleep(wait).await;
                }
                other => {
                    self.pace.borrow_mut().answered(self.app.clock.instant());
                    return other;
                }
            }
        }
    }
}

/// What the workers share.
struct Shared {
    queue: RefCell<VecDeque<usize>>,
    failed: RefCell<Option<Failure>>,
    saved: RefCell<Instant>,
    progress: Progress,
}
