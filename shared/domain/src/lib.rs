#![doc = include_str!("../README.md")]

mod call;
mod call_job;
mod campaign;
mod completion;
mod custom_header;
mod delivery_log;
mod endpoints;
mod health;
mod idempotency;
mod ids;
mod inbound_request;
mod payload;
mod payload_query;
mod phone;
mod recipient;
mod request_log;
mod retry;
mod settlement;
mod slug;
mod target_url;
mod timestamp;
mod webhook;
mod whole_number;

pub use call::{Analysis, Call, CallReason, CallStatus, CampaignRef, LeadWarmth, Sentiment, Source, Turn};
pub use call_job::CallJob;
pub use campaign::{Campaign, CampaignSettings, CampaignStatus, JsonObject};
pub use completion::{Completion, CompletionStatus, InvalidCompletion, parse_completion};
pub use custom_header::{CustomHeaders, InvalidHeader};
pub use delivery_log::{AttemptError, AttemptRecord, DeliveryHistory, Outcome, Resend, RunClaim};
pub use endpoints::{ChosenEndpoint, NoEndpoint, choose_endpoints};
pub use health::HealthChange;
pub use idempotency::{BodyDigest, IdempotencyKey, InvalidIdempotencyKey};
pub use ids::{
    AccountId, ApiKeyId, CallId, CampaignId, DeliveryId, InvalidId, LedgerEntryId, RequestId, WebhookId,
};
pub use inbound_request::{InboundRequest, MAX_BODY_BYTES, Rejection, parse_inbound_request};
pub use payload::{Event, Payload, SAMPLE_WEBHOOK_ID, sample_call, sample_transcript};
pub use phone::{CountryCode, InvalidCountryCode, InvalidPhone, PhoneNumber, normalise_phone};
pub use recipient::Recipient;
pub use request_log::{RequestOutcome, RequestRecord};
pub use retry::{MAX_ATTEMPTS, next_attempt_at, retry_after};
pub use settlement::{LedgerEntry, LedgerKind, Settlement, settle_credits};
pub use slug::{InvalidSlug, Slug};
pub use target_url::{InvalidUrl, TargetUrl};
pub use timestamp::Timestamp;
pub use webhook::{
    DeliveryMethod, DisabledState, Endpoint, ResponseWebhook, SealedBytes, SealedSecret, Webhook, WebhookKind,
};
pub use whole_number::whole_number;
