use url::Url;

use crate::deliveries::Payload;

/// What a delivery carries: the same bytes at every attempt.
pub trait Told: Sync {
    /// The body of a POST: JSON, UTF-8.
    ///
    /// # Errors
    ///
    /// None that our values can cause; serde's signature has one.
    fn body(&self) -> serde_json::Result<Vec<u8>>;

    /// The URL of a GET: `url`, its own query, and what is told. `None` when `url` leaves no room.
    ///
    /// # Errors
    ///
    /// None that our values can cause; serde's signature has one.
    fn query_url(&self, url: &Url) -> serde_json::Result<Option<Url>>;
}

impl Told for Payload<'_> {
    fn body(&self) -> serde_json::Result<Vec<u8>> {
        Payload::body(self)
    }

    fn query_url(&self, url: &Url) -> serde_json::Result<Option<Url>> {
        Payload::query_url(self, url)
    }
}
