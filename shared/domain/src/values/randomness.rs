use std::fmt;
use std::sync::Arc;

/// Overwrites bytes with random ones.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// Gives random bytes, good enough for secrets. A function gets it from its `main`; whoever simulates brings another.
#[derive(Clone)]
pub struct Randomness(Arc<Fill>);

impl Randomness {
    /// Random bytes as `fill` makes them.
    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// aws-lc's generator.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|bytes| {
            // It does not fail: it aborts when the system has no entropy.
            #[expect(clippy::disallowed_methods, reason = "this is where everybody else has it from")]
            let _ = aws_lc_rs::rand::fill(bytes);
        })
    }

    /// Overwrites `bytes`.
    pub fn fill(&self, bytes: &mut [u8]) {
        (self.0)(bytes);
    }

    /// Some bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness")
    }
}
