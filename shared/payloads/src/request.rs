//! The request of an attempt, in the payload of its endpoint: one of its owner's own design, or the documented one.

use domain::{
    CustomHeaders, DeliveryId, DeliveryMethod, DeliveryRequest, Payload, TargetUrl, Timestamp, Told,
};

use crate::{RenderError, Rendered, Template};

/// Why there is no request.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The payload finds no room in the URL of a GET.
    #[error("the webhook's URL leaves no room for the payload")]
    UrlTooLong,
    /// The endpoint's own payload has no body for the call.
    #[error(transparent)]
    RenderError(#[from] RenderError),
    /// None that values of these types can cause; serde's signature has it.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// What an attempt sends.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// In the documented words.
    Documented(&'a dyn Told),
    /// In the words of the endpoint's owner.
    Own(&'a Payload<'a>, &'a Template),
}

impl<'a> Body<'a> {
    /// In the owner's words, where there are any.
    #[must_use]
    pub fn of(payload: &'a Payload<'a>, template: Option<&'a Template>) -> Self {
        template.map_or(Self::Documented(payload), |template| Self::Own(payload, template))
    }
}

/// All of it but the signature. Only a POST has a body in its owner's words.
///
/// # Errors
///
/// [`RequestError`] says why there is none.
pub fn unsigned_request(
    (method, url): (DeliveryMethod, &TargetUrl),
    custom: &CustomHeaders,
    delivery: &DeliveryId,
    body: Body<'_>,
    now: Timestamp,
) -> Result<DeliveryRequest, RequestError> {
    let told: &dyn Told = match body {
        Body::Own(payload, template) if method == DeliveryMethod::Post => {
            let Rendered { content_type, body } = template.render(payload)?;
            return Ok(DeliveryRequest::posted(url, custom, delivery, (content_type.as_str(), body), now));
        }
        Body::Own(payload, _) => payload,
        Body::Documented(told) => told,
    };
    let documented = DeliveryRequest::unsigned((method, url), custom, delivery, told, now)?;
    documented.ok_or(RequestError::UrlTooLong)
}
