//! Connections to a listener, bounded in number. One that has not asked for anything makes room for
//! the next: nobody shuts others out by holding connections open.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::{AbortHandle, JoinSet};

/// Connections at once; more wait in the kernel's queue.
const MOST: usize = 128;

/// What is served now.
#[derive(Debug, Default)]
pub(super) struct Connections {
    tasks: JoinSet<()>,
    /// Those without a request so far, the oldest first.
    silent: VecDeque<(AbortHandle, Asked)>,
}

/// To be set by a connection as soon as its request is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked(Arc<AtomicBool>);

impl Asked {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Connections {
    /// Whether one more can be served, be it in the place of a silent one.
    pub(super) fn have_room(&mut self) -> bool {
        self.silent
            .retain(|(task, Asked(asked))| !task.is_finished() && !asked.load(Ordering::Relaxed));
        self.tasks.len() < MOST || !self.silent.is_empty()
    }

    /// Serves one more.
    pub(super) fn add<F>(&mut self, serve: impl FnOnce(Asked) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if self.tasks.len() >= MOST
            && let Some((oldest, _)) = self.silent.pop_front()
        {
            oldest.abort();
        }
        let asked = Asked::default();
        let task = self.tasks.spawn(serve(asked.clone()));
        self.silent.push_back((task, asked));
    }

    /// Waits for the end of one; `false` where there is none.
    pub(super) async fn ended(&mut self) -> bool {
        self.tasks.join_next().await.is_some()
    }
}
