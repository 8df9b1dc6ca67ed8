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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_that_the_source_makes() {
        let sevens = Randomness::new(|bytes| bytes.fill(7));
        assert_eq!(sevens.bytes(), [7; 5]);
        let mut bytes = [0; 3];
        sevens.fill(&mut bytes);
        assert_eq!(bytes, [7; 3]);
    }

    #[test]
    fn the_systems_bytes_differ_from_one_time_to_the_next() {
        let system = Randomness::system();
        assert_ne!(system.bytes::<32>(), system.bytes::<32>());
        assert_eq!(format!("{system:?}"), "Randomness");
    }
}
