//! The lists that are read page by page: of what their sort keys are made.

use domain::{KeyPart, ListOrder};

/// The webhooks of an account.
pub const WEBHOOKS: ListOrder = ListOrder { name: "webhooks", parts: &[KeyPart::Id("wh_")] };
/// The campaigns of an account.
pub const CAMPAIGNS: ListOrder = ListOrder { name: "campaigns", parts: &[KeyPart::Id("cmp_")] };
/// The calls of a campaign. Bulk calls bring ids of their own shape.
pub const CALLS: ListOrder = ListOrder { name: "calls", parts: &[KeyPart::Moment, KeyPart::Id("")] };
/// The delivery log of a webhook.
pub const DELIVERIES: ListOrder =
    ListOrder { name: "deliveries", parts: &[KeyPart::Moment, KeyPart::Id("msg_"), KeyPart::Attempt] };
/// The request log of a webhook.
pub const REQUESTS: ListOrder = ListOrder { name: "requests", parts: &[KeyPart::Id("req_")] };
/// The ledger of an account.
pub const LEDGER: ListOrder = ListOrder { name: "ledger", parts: &[KeyPart::Id("led_")] };
/// The API keys of an account.
pub const API_KEYS: ListOrder = ListOrder { name: "api-keys", parts: &[KeyPart::Id("key_")] };
