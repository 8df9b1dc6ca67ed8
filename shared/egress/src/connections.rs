use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use domain::{Clock, Timestamp};
use reqwest::{Client, ClientBuilder, redirect, retry};
use rustls::ClientConfig;
use tokio::task_local;
use tower::util::MapResponseLayer;

use crate::Limits;
use crate::http_threads::HttpThreads;
use crate::limits::ATTEMPTS_AT_ONCE;
use crate::resolver::{FilteredResolver, Reach};

/// The `user-agent` of a request that brings none of its own.
pub const USER_AGENT: &str = "webhooks/1";

/// How long a connection is kept that nobody uses. Receivers close theirs after 5 s and more (Node's default is the shortest
/// of the usual ones), so that it is mostly us who lets go first.
const KEPT_IDLE: Duration = Duration::from_secs(4);

/// How long one is kept at all: an address that is no longer the host's, or a certificate that is no longer trusted, is used
/// no longer than this and one attempt.
const KEPT_IN_ALL: Duration = Duration::from_secs(60);

/// Headers of an answer. hyper sets room aside for them with each head that it parses, provisional ones included; real
/// receivers send dozens.
const MOST_HEADERS: usize = 1_000;

/// Owners whose connections are kept: as many as a batch can have. With one more, those that were used longest ago go.
const OWNERS: usize = ATTEMPTS_AT_ONCE;

/// How long the other end may leave bytes unacknowledged. A receiver that is only slow acknowledges at once, its kernel does;
/// beyond a NAT gateway that has forgotten the connection nobody does.
#[cfg(target_os = "linux")]
const UNHEARD: Duration = Duration::from_secs(3);

/// The connections to receivers: judged when they are made, kept for a moment, and given up when there is the least doubt.
///
/// A function's environment is frozen between invocations, for minutes, and clocks that count seconds of running may stand
/// still meanwhile. So what is kept is dropped by the wall's clock, all at once.
#[derive(Debug)]
pub(crate) struct Connections {
    resolver: FilteredResolver,
    tls: ClientConfig,
    connect: Duration,
    keep: bool,
    clock: Clock,
    fresh: Client,
    /// Each owner's, at most [`OWNERS`].
    kept: Mutex<Vec<Kept>>,
    /// Where plain HTTP is spoken, from the first time on.
    http_threads: OnceLock<Option<HttpThreads>>,
}

#[derive(Debug)]
struct Kept {
    owner: String,
    client: Client,
    since: Timestamp,
    used: Timestamp,
}

/// A clock that was set back makes what is kept stale, not young for ever.
fn is_usable(since: Timestamp, used: Timestamp, now: Timestamp) -> bool {
    let within = |moment, limit| now.checked_since(moment).is_some_and(|age| age < limit);
    within(used, KEPT_IDLE) && within(since, KEPT_IN_ALL)
}

impl Connections {
    pub(crate) fn new(
        resolver: FilteredResolver,
        tls: ClientConfig,
        limits: &Limits,
        keep: bool,
        clock: Clock,
    ) -> reqwest::Result<Self> {
        let connect = limits.connect;
        let fresh = client(resolver.clone(), tls.clone(), connect).pool_max_idle_per_host(0).build()?;
        Ok(Self {
            resolver,
            tls,
            connect,
            keep,
            clock,
            fresh,
            kept: Mutex::default(),
            http_threads: OnceLock::new(),
        })
    }

    /// Makes a plain HTTP request over these connections, on the threads that are for it. Dropping the future ends the work.
    pub(crate) async fn run_plain<F>(&self, work: F) -> F::Output
    where
        F: Future<Output: Send> + Send + 'static,
    {
        match self.http_threads.get_or_init(HttpThreads::start) {
            Some(http_threads) => http_threads.run(work).await,
            None => work.await,
        }
    }

    /// Makes a connection for each request.
    pub(crate) fn fresh(&self) -> &Client {
        &self.fresh
    }

    /// Takes a connection that is kept for this owner, or makes one.
    pub(crate) fn kept(&self, owner: Option<&str>) -> Client {
        let Some(owner) = owner.filter(|_| self.keep) else { return self.fresh.clone() };
        let now = self.clock.now();
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| is_usable(kept.since, kept.used, now));
        if let Some(kept) = all.iter_mut().find(|kept| kept.owner == owner) {
            kept.used = now;
            return kept.client.clone();
        }
        let made = keeping_client(self.resolver.clone(), self.tls.clone(), self.connect);
        let Ok(client) = made else { return self.fresh.clone() };
        if all.len() >= OWNERS
            && let Some((oldest, _)) = all.iter().enumerate().min_by_key(|(_, kept)| kept.used)
        {
            all.swap_remove(oldest);
        }
        all.push(Kept { owner: owner.to_owned(), client: client.clone(), since: now, used: now });
        client
    }
}

task_local! {
    static CONNECTED: Connected;
}

/// Whether a request has made a connection: if not, it goes out on a kept one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connected(Arc<AtomicBool>);

impl Connected {
    /// Runs the sending of one request, and notes when a connection is made for it.
    ///
    /// hyper-util races the making of a connection against one that becomes idle meanwhile. When the idle one wins, the other
    /// is finished by a task of its own, in which nothing is noted here.
    pub(crate) fn note<F: Future>(&self, sending: F) -> impl Future<Output = F::Output> {
        CONNECTED.scope(self.clone(), sending)
    }

    pub(crate) fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

fn note_connection<C>(connection: C) -> C {
    // Outside of a request's task there is nothing to note.
    CONNECTED.try_with(|connected| connected.0.store(true, Ordering::Relaxed)).ok();
    connection
}

fn keeping_client(
    resolver: FilteredResolver,
    tls: ClientConfig,
    connect: Duration,
) -> reqwest::Result<Client> {
    let client =
        client(resolver, tls, connect).pool_max_idle_per_host(ATTEMPTS_AT_ONCE).pool_idle_timeout(KEPT_IDLE);
    // Lambda is Linux; other systems have no such option.
    #[cfg(target_os = "linux")]
    let client = client.tcp_user_timeout(UNHEARD);
    client.build()
}

fn client(resolver: FilteredResolver, tls: ClientConfig, connect: Duration) -> ClientBuilder {
    let https_only = resolver.reach == Reach::Permitted;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(https_only)
        .http1_only()
        // The status line decides: what can be overlooked in the headers of an answer is overlooked.
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_max_headers(MOST_HEADERS)
        .dns_resolver(resolver)
        .connect_timeout(connect)
        .connector_layer(MapResponseLayer::new(note_connection))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .user_agent(USER_AGENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_usable_after(since: u64, used: u64) -> bool {
        let before_now = |seconds| Timestamp::from_seconds(3_600 - seconds);
        is_usable(before_now(since), before_now(used), before_now(0))
    }

    #[test]
    fn what_was_used_a_moment_ago_is_used_again_for_a_minute() {
        assert!(is_usable_after(59, 3));
        assert!(!is_usable_after(60, 0));
    }

    #[test]
    fn what_slept_through_a_freeze_is_not_used() {
        assert!(!is_usable_after(4, 4));
    }

    #[test]
    fn a_clock_that_was_set_back_ends_what_is_kept() {
        let (now, later) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
        assert!(!is_usable(later, later, now));
    }
}
