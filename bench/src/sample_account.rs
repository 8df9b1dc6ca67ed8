//! The account that everything is measured with: an inbound webhook with a campaign, endpoints, a call. Made of the product's
//! own types, so that it has the shape of what the functions store.

use std::collections::BTreeMap;
use std::io::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{
    AccountId, Call, CallId, CallStatus, Campaign, CampaignId, CampaignSettings, CampaignStatus, Clock,
    DeliveryId, DeliveryMethod, DisabledState, Endpoint, Event, JsonObject, LedgerEntryId, Payload,
    Randomness, SealedBytes, Slug, Source, TargetUrl, Timestamp, Turn, Webhook, WebhookId, WebhookKind,
    sample_call,
};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};

use crate::Outcome;
use crate::aws_stub::seal;
use crate::tables::Tables;

/// The signing secret of every webhook: 32 bytes.
const SIGNING_SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// Turns of a transcript that make a payload of about 1.5 KB.
const TURNS: usize = 8;

/// The account and all of its things.
#[derive(Debug)]
pub struct SampleAccount {
    /// Its id.
    pub account: AccountId,
    /// An API key of it.
    pub api_key: String,
    /// The slug of its inbound webhook.
    pub slug: Slug,
    inbound: WebhookId,
    campaign: CampaignId,
    /// Its outbound webhooks, one for each endpoint.
    pub outbound: Vec<Webhook>,
    /// The payload of its own that each endpoint has.
    own_payload: Option<JsonObject>,
    asks_for_events: bool,
    now: Timestamp,
}

impl SampleAccount {
    /// An account with an endpoint at each of these URLs.
    ///
    /// # Errors
    ///
    /// When one is no URL.
    pub fn new(urls: impl IntoIterator<Item = String>) -> Outcome<Self> {
        let now = Clock::system().now();
        let mut sample = Self {
            account: AccountId::new(now, &Randomness::system()),
            api_key: format!("whk_measured_{}", URL_SAFE_NO_PAD.encode([7; 32])),
            slug: Slug::generate(&Randomness::system()),
            inbound: WebhookId::new(now, &Randomness::system()),
            campaign: CampaignId::new(now, &Randomness::system()),
            outbound: Vec::new(),
            own_payload: None,
            asks_for_events: false,
            now,
        };
        for url in urls {
            let endpoint = Endpoint {
                header_names: vec!["Authorization".into()],
                sealed_headers: Some(SealedBytes(seal(b"Authorization:Bearer token123\n"))),
                ..Endpoint::new(TargetUrl::parse(&url)?, DeliveryMethod::Post)
            };
            let kind = WebhookKind::Outbound { endpoint, filter: None, events: Event::BY_DEFAULT.to_vec() };
            sample.outbound.push(sample.webhook(
                WebhookId::new(now, &Randomness::system()),
                "Data warehouse",
                kind,
            ));
        }
        Ok(sample)
    }

    /// The same, each endpoint with a payload of its own of about 2 KiB, of HubSpot's shape.
    #[must_use]
    pub fn with_own_payload(mut self) -> Self {
        for webhook in &mut self.outbound {
            if let WebhookKind::Outbound { endpoint, .. } = &mut webhook.kind {
                endpoint.payload_version = Some(self.now);
            }
        }
        self.own_payload = own_payload().as_object().and_then(|object| JsonObject::new(object).ok());
        self
    }

    /// The same, each endpoint after so many failures in a row, four when the third was told.
    #[must_use]
    pub fn with_failures(mut self, failures: u32) -> Self {
        for webhook in &mut self.outbound {
            if let WebhookKind::Outbound { endpoint, .. } = &mut webhook.kind {
                (endpoint.failures, endpoint.failing_since) = (failures, Some(self.now));
            }
        }
        self
    }

    /// The same, with a webhook that asks for every event. Of it nothing is stored but that it does.
    #[must_use]
    pub fn asking_for_events(mut self) -> Self {
        self.asks_for_events = true;
        self
    }

    fn webhook(&self, id: WebhookId, name: &str, kind: WebhookKind) -> Webhook {
        Webhook {
            account_id: self.account.clone(),
            id,
            name: name.into(),
            state: DisabledState::Enabled,
            signing_secret: SealedBytes(seal(SIGNING_SECRET.as_bytes())),
            previous_secrets: Vec::new(),
            managed_by: None,
            created_at: self.now,
            updated_at: self.now,
            kind,
        }
    }

    /// What is stored while calls are queued: each call that is asked for is one.
    #[must_use]
    pub fn with_queued_calls(&self) -> Tables {
        self.tables(serde_json::to_value(self.queued_call()).unwrap_or_default())
    }

    /// The same, but these calls were cancelled.
    #[must_use]
    pub fn with_cancelled_calls(&self, ids: &[CallId]) -> Tables {
        let mut tables = self.with_queued_calls();
        for id in ids {
            let cancelled = CallStatus::Cancelled;
            tables.put("Calls", &Call { id: id.clone(), status: cancelled, ..self.queued_call() });
        }
        tables
    }

    /// What is stored of an account without credits.
    #[must_use]
    pub fn without_credits(&self) -> Tables {
        let mut tables = self.with_queued_calls();
        tables.put("Accounts", &json!({"id": self.account, "name": "Acme", "credits": 0}));
        tables
    }

    /// What is stored while the campaign, which has the longest name, is paused.
    #[must_use]
    pub fn with_paused_campaign(&self) -> Tables {
        let mut tables = self.with_queued_calls();
        let name = "🙂".repeat(200);
        tables.put("Campaigns", &Campaign { name, status: CampaignStatus::Paused, ..self.campaign() });
        tables
    }

    /// The same for an account that has made so many calls before: each with an entry of the ledger and an attempt to deliver
    /// it, of which only what a query could ask for is there.
    #[must_use]
    pub fn with_history(&self, calls: usize) -> Tables {
        let mut tables = self.with_queued_calls();
        let campaign = format!("{}#{}", self.account, self.campaign);
        let webhook = self.outbound.first().map_or(&self.inbound, |webhook| &webhook.id);
        for _ in 0..calls {
            let (call, order) = (
                CallId::new(self.now, &Randomness::system()),
                LedgerEntryId::new(self.now, &Randomness::system()),
            );
            tables.put(
                "Calls",
                &json!({"id": call, "accountId": self.account, "webhookId": self.inbound, "campaignId": self.campaign,
                    "status": "finished", "accountCampaign": campaign, "campaignOrder": order}),
            );
            tables.put(
                "Ledger",
                &json!({"accountId": self.account, "id": order, "callId": call, "amount": -1}),
            );
            tables.put(
                "DeliveryLogs",
                &json!({"deliveryId": DeliveryId::derived(&call, webhook, self.now), "attemptKey": "1", "callId": call,
                    "accountId": self.account, "webhookId": webhook, "logOrder": order}),
            );
        }
        tables
    }

    /// What is stored when calls are finished: each call that is asked for is one, with its transcript.
    ///
    /// # Errors
    ///
    /// None that this call can cause.
    pub fn with_finished_calls(&self) -> Outcome<Tables> {
        let mut call = serde_json::to_value(self.finished_call())?;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&serde_json::to_vec(&transcript())?)?;
        call["transcript"] = json!(encoder.finish()?);
        Ok(self.tables(call))
    }

    fn tables(&self, call: Value) -> Tables {
        let mut tables = Tables::default();
        tables.put("Accounts", &json!({"id": self.account, "name": "Acme", "credits": 1_000_000}));
        tables.put("ApiKeys", &self.api_key_record());
        tables.put("Campaigns", &self.campaign());
        let asking = u8::from(self.asks_for_events);
        tables.put(
            "Counts",
            &json!({"accountId": self.account, "inboundWebhooks": 1, "outboundWebhooks": self.outbound.len(), "campaigns": 1,
                "call.cancelled": asking, "webhook.disabled": asking, "webhook.failing": asking}),
        );
        let kind = WebhookKind::Inbound {
            slug: self.slug.clone(),
            campaign_id: Some(self.campaign.clone()),
            response_webhook: None,
            has_rules: false,
        };
        tables.put("Webhooks", &self.webhook(self.inbound.clone(), "HubSpot", kind));
        for webhook in &self.outbound {
            tables.put("Webhooks", webhook);
            if let Some(document) = &self.own_payload {
                let key = format!("{}#payload", self.account);
                let item =
                    json!({"accountId": key, "id": webhook.id, "version": self.now, "document": document});
                tables.put("Webhooks", &item);
            }
        }
        tables.put_for_any_key("Calls", &call);
        tables
    }

    fn api_key_record(&self) -> Value {
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, self.api_key.as_bytes()));
        let today: String = self.now.to_string().chars().take("2026-11-23".len()).collect();
        json!({"id": "key_measured", "accountId": self.account, "hash": hash, "createdAt": self.now, "lastUsedOn": today})
    }

    fn campaign(&self) -> Campaign {
        let sentence = "You are Alex from Acme. Ask whether a demo of the enterprise plan is of interest. ";
        Campaign {
            account_id: self.account.clone(),
            id: self.campaign.clone(),
            name: "Q4 Outreach".into(),
            status: CampaignStatus::Active,
            webhook_id: Some(self.inbound.clone()),
            settings: CampaignSettings {
                prompt: Some(sentence.repeat(12)),
                voice: Some("alex".into()),
                language: Some("en-US".into()),
                voicemail_message: Some("Hi, this is Alex from Acme. I will try again.".into()),
                ..CampaignSettings::default()
            },
            created_at: self.now,
            updated_at: self.now,
        }
    }

    fn queued_call(&self) -> Call {
        let campaign = self.campaign();
        Call {
            webhook_id: Some(self.inbound.clone()),
            reserved_credits: Call::RESERVED_CREDITS,
            ..Call::new(
                CallId::new(self.now, &Randomness::system()),
                self.account.clone(),
                Source::Inbound,
                domain::CampaignRef { id: campaign.id, name: campaign.name },
                sample_call().recipient.expect("a recipient"),
                CallStatus::Queued,
                self.now,
            )
        }
    }

    fn finished_call(&self) -> Call {
        let sample = sample_call();
        Call {
            status: CallStatus::Finished,
            finished_at: Some(self.now),
            summary: Some("Jane expressed interest in the enterprise plan and asked about pricing.".into()),
            recording: sample.recording,
            duration: sample.duration,
            analysis: sample.analysis,
            tokens_consumed: Some(1),
            settled_at: Some(self.now),
            fanned_out_at: Some(self.now),
            ..self.queued_call()
        }
    }

    /// Bytes of a delivery's body.
    ///
    /// # Errors
    ///
    /// None that this call can cause.
    pub fn payload_bytes(&self) -> Outcome<usize> {
        let transcript = serde_json::value::to_raw_value(&transcript())?;
        let payload = Payload {
            event: Event::CallFinished,
            webhook_id: self.inbound.as_str(),
            call: &self.finished_call(),
            transcript: Some(&transcript),
        };
        Ok(payload.body()?.len())
    }
}

/// What HubSpot's API takes for a call, with all that a note can tell.
#[must_use]
pub fn own_payload() -> Value {
    let note = concat!(
        "Call with {{ call.recipient.name | default('a lead') }} on {{ call.finishedAt | date('%Y-%m-%d %H:%M') }} UTC.\n\n",
        "Summary: {{ call.summary | default('There is none.') | truncate(2000) }}\n",
        "Sentiment: {{ call.analysis.sentiment }}, warmth: {{ call.analysis.lead_warmth | upper }}\n",
        "Why: {{ call.analysis.justification | default('not said') }}\n",
        "To do:\n{{ call.actionItemsText | default('nothing') }}\n\n{{ call.transcriptText }}",
    );
    json!({"json": {
        "properties": {
            "hs_timestamp": "{{ call.finishedAt }}",
            "hs_call_title": "{{ campaign.name }}: {{ call.recipient.name | default('a lead') }}",
            "hs_call_body": note,
            "hs_call_duration": "{{ call.durationMs }}",
            "hs_call_from_number": "+15550100",
            "hs_call_to_number": "{{ call.recipient.phoneNumber }}",
            "hs_call_recording_url": "{{ call.recording }}",
            "hs_call_direction": "OUTBOUND",
            "hs_call_status": "{{ 'COMPLETED' if call.status == 'finished' else 'NO_ANSWER' if call.status == 'missed' else 'FAILED' }}",
            "lead_warmth": "{{ call.analysis.lead_warmth }}",
            "lead_is_hot": "{{ call.analysis.lead_warmth == 'hot' and call.duration > 30 }}",
            "first_name": "{{ call.recipient.firstName | trim }}",
            "last_name": "{{ call.recipient.lastName | trim }}",
            "email": "{{ call.recipient.email | lower }}",
            "phone_digits": "{{ call.recipient.phoneNumber | digits }}",
            "city": "{{ call.recipient.city }}",
            "state": "{{ call.recipient.state }}",
            "zip": "{{ call.recipient.zipCode }}",
            "tokens": "{{ call.tokensConsumed }}",
            "minutes": "{{ (call.duration / 60) | round(1) }}",
        },
        "associations": [{
            "to": {"id": "{{ call.metadata.contactId }}"},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}],
        }],
        "source": "{{ webhook.id }}/{{ call.id }}",
    }, "omitNulls": true})
}

fn transcript() -> Vec<Turn> {
    let turn = |n: usize| Turn {
        who: if n.is_multiple_of(2) { "assistant" } else { "user" }.into(),
        what: "Thanks for calling back. What would you like to know?".into(),
        when: format!("2024-04-30T14:00:{n:02}.000Z"),
    };
    (0..TURNS).map(turn).collect()
}

/// The variables of every function, as `template.yaml` sets them, with AWS at `aws_url`.
#[must_use]
pub fn environment(aws_url: &str) -> BTreeMap<String, String> {
    let tables = [
        ("ACCOUNTS_TABLE", "Accounts"),
        ("API_KEYS_TABLE", "ApiKeys"),
        ("PORTAL_TOKENS_TABLE", "PortalTokens"),
        ("WEBHOOKS_TABLE", "Webhooks"),
        ("CAMPAIGNS_TABLE", "Campaigns"),
        ("COUNTS_TABLE", "Counts"),
        ("CALLS_TABLE", "Calls"),
        ("LEDGER_TABLE", "Ledger"),
        ("DELIVERY_LOGS_TABLE", "DeliveryLogs"),
        ("REQUEST_LOGS_TABLE", "RequestLogs"),
    ];
    let path = std::env::var("PATH").unwrap_or_default();
    let queue = |name: &str| format!("{aws_url}/123456789012/{name}");
    let others = [
        ("PATH", path),
        ("ENDPOINT_URL", aws_url.to_owned()),
        ("LOG_LEVEL", "INFO".into()),
        ("DEFAULT_COUNTRY_CODE", "1".into()),
        ("DELIVERY_LOG_DAYS", "30".into()),
        ("CALL_RETENTION_DAYS", "0".into()),
        ("TRUSTED_NETWORKS", "127.0.0.0/8,::1/128".into()),
        ("ENDPOINT_PORTS", String::new()),
        ("OPERATOR_ARNS", String::new()),
        ("PORTAL_NAME", "Webhooks".into()),
        ("PORTAL_ACCENT", "#3b4fd1".into()),
        ("PORTAL_FRAME_ANCESTORS", "'none'".into()),
        ("PUBLIC_URL", "https://hooks.example.com".into()),
        ("CALL_JOBS_QUEUE_URL", queue("call-jobs.fifo")),
        ("ACCOUNT_EVENTS_QUEUE_URL", queue("account-events")),
        ("ACCOUNT_EVENTS_QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:account-events".into()),
        ("FAN_OUT_RESTS_QUEUE_URL", queue("fan-out-rests")),
        ("FAN_OUT_RESTS_QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:fan-out-rests".into()),
        ("CALL_COMPLETIONS_DLQ_URL", queue("call-completions-dead-letters")),
        ("DELIVERIES_QUEUE_URL", queue("deliveries")),
        ("SLOW_DELIVERIES_QUEUE_URL", queue("slow-deliveries")),
        ("SCHEDULE_TARGET_ARN", "arn:aws:scheduler:::aws-sdk:sqs:sendMessage".into()),
        ("SLOW_DELIVERIES_QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:slow-deliveries".into()),
        ("OPERATIONAL_EVENTS_QUEUE_URL", queue("operational-events")),
        ("DELIVERIES_DLQ_ARN", "arn:aws:sqs:us-east-1:123456789012:deliveries-dead-letters".into()),
        ("SCHEDULE_GROUP", "deliveries".into()),
        ("SCHEDULER_ROLE_ARN", "arn:aws:iam::123456789012:role/scheduler".into()),
        (
            "SECRETS_KEY_ID",
            "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000".into(),
        ),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", "test".into()),
        ("AWS_SECRET_ACCESS_KEY", "test".into()),
        ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ("AWS_LAMBDA_FUNCTION_NAME", "measured".into()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".into()),
    ];
    let tables = tables.into_iter().map(|(name, value)| (name, value.to_owned()));
    tables.chain(others).map(|(name, value)| (name.to_owned(), value)).collect()
}
