use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use tokio::sync::OnceCell;

use crate::{Opened, SealContext};

/// How long an opened value is kept: a webhook's owner who changes it sees the change in effect within this time, and a
/// process that is looked into shows no more than this.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// Values kept at once: at most 4 MiB of them.
const ENTRIES: usize = 1_024;

/// What KMS is asked to open. Both parts are the key: with the ciphertext alone, a value copied to another webhook would be
/// opened by the cache although KMS refuses it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sealed {
    pub(crate) context: SealContext,
    pub(crate) ciphertext: Vec<u8>,
}

/// Opened values by what they were opened from.
#[derive(Default)]
pub(crate) struct Cache {
    entries: Mutex<HashMap<Sealed, Entry>>,
}

/// A value that is opened, or that one caller is opening while the others wait.
#[derive(Clone)]
struct Entry {
    /// When it was asked for first, which is never later than when it was opened.
    since: Timestamp,
    value: Arc<OnceCell<Arc<Opened>>>,
}

impl Entry {
    /// A clock that was set back makes an entry too old, not young for ever.
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.checked_since(self.since).is_some_and(|age| age < KEPT_FOR)
    }
}

impl Cache {
    /// The value kept for `sealed`, or else the one that `open` comes by. Of the callers that find none at the same time,
    /// one opens it and the others wait; when it fails, the next one of them tries.
    pub(crate) async fn get_or_open<E>(
        &self,
        sealed: &Sealed,
        now: Timestamp,
        open: impl AsyncFnOnce() -> Result<Opened, E>,
    ) -> Result<Arc<Opened>, E> {
        let value = self.entry(sealed, now);
        value.get_or_try_init(async || open().await.map(Arc::new)).await.cloned()
    }

    /// The fresh entry for `sealed`, made if there is none. Lets go of everything that is too old, and of the oldest entry
    /// when there are too many.
    fn entry(&self, sealed: &Sealed, now: Timestamp) -> Arc<OnceCell<Arc<Opened>>> {
        // A panic while the lock was held leaves a whole map: every change below is a single insertion or removal.
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, entry| entry.is_fresh(now));
        if let Some(entry) = entries.get(sealed) {
            return Arc::clone(&entry.value);
        }
        if entries.len() >= ENTRIES {
            let oldest =
                entries.iter().min_by_key(|(_, entry)| entry.since).map(|(sealed, _)| sealed.clone());
            oldest.and_then(|oldest| entries.remove(&oldest));
        }
        let value = Arc::default();
        entries.insert(sealed.clone(), Entry { since: now, value: Arc::clone(&value) });
        value
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache(***)")
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::join;
    use tokio::task::yield_now;

    use super::*;
    use crate::Purpose;

    /// A cache before a KMS that counts.
    #[derive(Default)]
    struct Counted {
        cache: Cache,
        calls: AtomicUsize,
    }

    impl Counted {
        async fn open(&self, sealed: &Sealed, now: Timestamp) -> Arc<Opened> {
            let opened = self.cache.get_or_open(sealed, now, async || {
                self.calls.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
                Ok::<_, Infallible>(Opened::new(sealed.ciphertext.clone()))
            });
            opened.await.expect("cannot fail")
        }

        fn calls(&self) -> usize {
            self.calls.load(Ordering::Relaxed)
        }

        fn kept(&self) -> usize {
            self.cache.entries.lock().unwrap().len()
        }
    }

    fn sealed(webhook: &str, ciphertext: &[u8]) -> Sealed {
        let context = SealContext {
            account: "acc_1".to_owned(),
            webhook: webhook.to_owned(),
            purpose: Purpose::Headers,
        };
        Sealed { context, ciphertext: ciphertext.to_vec() }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(1_730_179_200 + seconds)
    }

    #[tokio::test]
    async fn an_opened_value_is_kept_for_less_than_five_minutes() {
        let kms = Counted::default();
        let one = sealed("wh_1", b"one");
        for (second, calls) in [(0, 1), (1, 1), (299, 1), (300, 2), (599, 2), (600, 3), (100_000, 4)] {
            assert_eq!(kms.open(&one, at(second)).await.as_bytes(), b"one");
            assert_eq!(kms.calls(), calls, "after {second} s");
        }
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_keeps_nothing() {
        let kms = Counted::default();
        kms.open(&sealed("wh_1", b"one"), at(1_000)).await;
        kms.open(&sealed("wh_1", b"one"), at(0)).await;
        assert_eq!(kms.calls(), 2);
    }

    #[tokio::test]
    async fn an_old_value_is_let_go_of_when_another_is_opened() {
        let kms = Counted::default();
        let opened = Arc::downgrade(&kms.open(&sealed("wh_1", b"one"), at(0)).await);
        assert!(opened.upgrade().is_some());
        kms.open(&sealed("wh_2", b"two"), at(300)).await;
        assert!(opened.upgrade().is_none());
        assert_eq!(kms.kept(), 1);
    }

    #[tokio::test]
    async fn one_ciphertext_under_two_contexts_is_opened_twice() {
        let kms = Counted::default();
        let other_purpose = {
            let mut other = sealed("wh_1", b"one");
            other.context.purpose = Purpose::SigningSecret;
            other
        };
        for each in [sealed("wh_1", b"one"), sealed("wh_2", b"one"), sealed("wh_1", b"two"), other_purpose] {
            kms.open(&each, at(0)).await;
            kms.open(&each, at(0)).await;
        }
        assert_eq!(kms.calls(), 4);
    }

    #[tokio::test]
    async fn no_more_than_1_024_values_are_kept_and_the_oldest_goes_first() {
        let kms = Counted::default();
        for n in 0..1_100_u64 {
            kms.open(&sealed("wh_1", &n.to_be_bytes()), at(n / 10)).await;
        }
        assert_eq!((kms.calls(), kms.kept()), (1_100, 1_024));
        kms.open(&sealed("wh_1", &1_099_u64.to_be_bytes()), at(110)).await;
        assert_eq!(kms.calls(), 1_100);
        kms.open(&sealed("wh_1", &0_u64.to_be_bytes()), at(110)).await;
        assert_eq!(kms.calls(), 1_101);
    }

    #[tokio::test]
    async fn those_who_open_the_same_value_at_once_share_one_call() {
        let kms = Counted::default();
        let one = sealed("wh_1", b"one");
        let (a, b, c) = join!(kms.open(&one, at(0)), kms.open(&one, at(0)), kms.open(&one, at(1)));
        assert_eq!(kms.calls(), 1);
        assert!(Arc::ptr_eq(&a, &b) && Arc::ptr_eq(&b, &c));
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let kms = Counted::default();
        let one = sealed("wh_1", b"one");
        let failed = kms.cache.get_or_open(&one, at(0), async || Err("throttled")).await;
        assert_eq!(failed.unwrap_err(), "throttled");
        assert_eq!(kms.open(&one, at(0)).await.as_bytes(), b"one");
        assert_eq!(kms.calls(), 1);
    }

    #[tokio::test]
    async fn what_is_printed_shows_no_value() {
        let kms = Counted::default();
        let opened = kms.open(&sealed("wh_1", b"one"), at(0)).await;
        assert_eq!(format!("{opened:?} {:?}", kms.cache), "Opened(***) Cache(***)");
    }
}
