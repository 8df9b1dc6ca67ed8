//! Numbers from the seed: everything that happens by chance in a world comes from here.

use std::sync::{Arc, Mutex, PoisonError};

/// A generator; clones draw from one row of numbers. (SplitMix64, Steele and others, OOPSLA 2014.)
#[derive(Debug, Clone)]
pub struct Random(Arc<Mutex<u64>>);

impl Random {
    /// The row of numbers of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    /// Any number.
    pub fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub fn below(&self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number between these, both included.
    pub fn between(&self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// True so many times of a thousand.
    pub fn per_mille(&self, times: u64) -> bool {
        self.below(1_000) < times
    }

    /// A place in what has so many.
    pub fn place_in(&self, length: usize) -> Option<usize> {
        let end = u64::try_from(length).ok().filter(|end| *end > 0)?;
        usize::try_from(self.below(end)).ok()
    }

    /// One of them.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.place_in(from.len())?)
    }

    /// One of these.
    pub fn of<T: Copy, const N: usize>(&self, these: [T; N]) -> T {
        const { assert!(N > 0, "one of none") };
        these[usize::try_from(self.below(N as u64)).unwrap_or_default()]
    }

    /// Overwrites bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        for some in bytes.chunks_mut(8) {
            let drawn = self.next().to_le_bytes();
            some.copy_from_slice(&drawn[..some.len()]);
        }
    }

    /// A generator of its own, so that what one part draws does not move what another draws.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::new(self.next())
    }
}
