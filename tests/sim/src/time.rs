//! The world's time: tokio's paused clock, shown as a date. Calls, timers and waiting all follow it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use dynoxide::storage_backend::Clock as TableClock;
use tokio::time::Instant;

/// When every world begins: 2026-01-05T08:00:00Z.
const BEGINS: u64 = 1_767_600_000_000;

/// Shows the time of one world.
#[derive(Debug, Clone)]
pub struct Time {
    began: Instant,
    /// How far the wall's clock is off, in milliseconds: NTP moves it under running functions.
    off: Arc<AtomicI64>,
}

impl Time {
    /// Begins now. Inside of the world's runtime.
    #[must_use]
    pub fn begin() -> Self {
        Self { began: Instant::now(), off: Arc::default() }
    }

    /// True milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> u64 {
        BEGINS + u64::try_from(self.began.elapsed().as_millis()).unwrap_or_default()
    }

    /// What the functions' clock shows, which may be off.
    #[must_use]
    pub fn shown(&self) -> u64 {
        self.now().saturating_add_signed(self.off.load(Ordering::Relaxed))
    }

    /// Moves the functions' clock.
    pub fn set_off_by(&self, milliseconds: i64) {
        self.off.store(milliseconds, Ordering::Relaxed);
    }

    /// The functions' clock.
    #[must_use]
    pub fn clock(&self) -> domain::Clock {
        let this = self.clone();
        domain::Clock::new(move || domain::Timestamp::from_millis(this.shown()))
    }

    /// Milliseconds since the world began.
    #[must_use]
    pub fn age(&self) -> u64 {
        self.now() - BEGINS
    }
}

impl TableClock for Time {
    fn now_unix_secs(&self) -> u64 {
        self.now() / 1_000
    }

    fn now_unix_secs_f64(&self) -> f64 {
        Duration::from_millis(self.now()).as_secs_f64()
    }
}

/// Waits so many milliseconds of the world's time.
pub async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
