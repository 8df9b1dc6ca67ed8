//! The request of an attempt, in the payload of its endpoint: one of its owner's own design, or the documented one.

use domain::{CustomHeaders, DeliveryId, DeliveryMethod, DeliveryRequest, Payload, TargetUrl, Timestamp};

use crate::{NotRendered, Rendered, Template};

/// Why there is no request.
#[derive(Debug, thiserror::Error)]
pub enum NoRequest {
    /// The payload finds no room in the URL of a GET.
    #[error("the webhook's URL leaves no room for the payload")]
    UrlTooLong,
    /// The endpoint's own payload has no body for the call.
    #[error(transparent)]
    NotRendered(#[from] NotRendered),
    /// None that values of these types can cause; serde's signature has it.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// All of it but the signature. `template` is the endpoint's own payload, which only a POST has.
///
/// # Errors
///
/// [`NoRequest`] says why there is none.
pub fn unsigned_request(
    (method, url): (DeliveryMethod, &TargetUrl),
    custom: &CustomHeaders,
    delivery: &DeliveryId,
    (payload, template): (&Payload<'_>, Option<&Template>),
    now: Timestamp,
) -> Result<DeliveryRequest, NoRequest> {
    match template {
        Some(template) if method == DeliveryMethod::Post => {
            let Rendered { content_type, body } = template.render(payload)?;
            Ok(DeliveryRequest::posted(url, custom, delivery, (content_type.as_str(), body), now))
        }
        _ => {
            let documented = DeliveryRequest::unsigned((method, url), custom, delivery, payload, now)?;
            documented.ok_or(NoRequest::UrlTooLong)
        }
    }
}
