//! What the rest is made of: ids, moments, numbers, URLs, headers. Each is valid by construction: its only way in is `parse`.

mod api_key;
mod blank;
mod caller;
mod clock;
mod custom_header;
mod exact_number;
mod idempotency;
mod ids;
mod json_object;
mod lenient_json;
mod number_plan;
#[rustfmt::skip]
mod number_plans;
mod number_reading;
mod page;
mod period;
mod phone;
mod portal_token;
mod private;
mod randomness;
mod slug;
mod target_url;
mod timestamp;
mod trunk_zero;
mod whole_number;
mod written_phone;

pub use api_key::{ApiKey, InvalidApiKey};
pub use blank::is_blank;
pub use caller::{Caller, Credential, Entry, Role};
pub use clock::Clock;
pub(crate) use custom_header::is_reserved_header;
pub use custom_header::{CustomHeaders, InvalidHeader};
pub use exact_number::fits_64_bits;
pub use idempotency::{BodyDigest, IdempotencyKey, InvalidIdempotencyKey};
pub use ids::{
    AccountId, ApiKeyId, CallId, CampaignId, DeliveryId, InvalidId, LedgerEntryId, PortalTokenId, RequestId,
    WebhookId,
};
pub use json_object::JsonObject;
pub use lenient_json::BrokenJson;
pub(crate) use lenient_json::{Fields, Lenient, number_text, phone_digits, text_of};
pub use page::{InvalidPosition, KeyPart, ListOrder, Page, Position, Slice};
pub use period::Period;
pub use phone::{CountryCode, InvalidCountryCode, InvalidPhone, PhoneNumber};
pub use portal_token::{InvalidPortalToken, PortalToken, PortalTokenKind};
pub(crate) use private::shows_only;
pub use randomness::Randomness;
pub use slug::{InvalidSlug, Slug};
pub use target_url::{InvalidUrl, TargetUrl};
pub use timestamp::Timestamp;
pub use whole_number::whole_number;
pub(crate) use written_phone::normalise_international;
pub use written_phone::{PhoneError, normalise_phone};
