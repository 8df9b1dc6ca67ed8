use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use reqwest::Body;

/// The answer that is on its way. One that never comes stands for a receiver that hangs.
pub type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// Carries requests to receivers in the place of connections: a simulation's, whose receivers answer in its own process. It
/// hands back what is not for them, which then goes out as ever.
#[derive(Clone)]
pub struct Carrier(Arc<Carry>);

type Carry = dyn Fn(&Request<Body>) -> Option<Answering> + Send + Sync;

impl Carrier {
    /// A carrier that answers what `carry` answers.
    pub fn new(carry: impl Fn(&Request<Body>) -> Option<Answering> + Send + Sync + 'static) -> Self {
        Self(Arc::new(carry))
    }

    pub(crate) fn carry(&self, request: &Request<Body>) -> Option<Answering> {
        (self.0)(request)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carrier")
    }
}
