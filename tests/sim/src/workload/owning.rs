//! Owners and the operator: what they change, look at and try while calls are on their way.

use serde_json::json;

use super::accounts::own_payload;
use super::{BUSY_MS, One, Resent};
use crate::time::pause;

impl One {
    pub(super) async fn press_test(&self) {
        let webhook = self.webhook();
        self.v1("GET", &format!("/webhooks/{webhook}"), &json!({})).await;
        self.v1("POST", &format!("/webhooks/{webhook}/test"), &json!({})).await;
        let unsaved = json!({"url": "https://healthy-tried.example.com/", "payload": own_payload()});
        self.v1("POST", "/webhooks/test", &unsaved).await;
    }

    pub(super) async fn edit(&self) {
        let Some(outbound) = self.random.pick(&self.account.outbound) else { return };
        self.done.edited.borrow_mut().insert(outbound.id.clone());
        let change = match self.random.below(8) {
            0 => json!({"status": "disabled"}),
            1 => json!({"status": "enabled"}),
            2 => json!({"name": "Renamed"}),
            3 => json!({"events": ["call.finished", "call.cancelled"]}),
            4 => json!({"events": ["webhook.failing"]}),
            5 => json!({"filter": {"statuses": ["missed"]}}),
            6 => {
                self.done.reworded.borrow_mut().insert(outbound.host.clone());
                json!({"payload": own_payload()})
            }
            _ => json!({"url": format!("https://healthy-moved-{}.example.com/hook", self.number)}),
        };
        self.v1("PATCH", &format!("/webhooks/{}", outbound.id), &change).await;
    }

    pub(super) async fn rotate(&self) {
        let path = format!("/webhooks/{}/rotate-secret", self.webhook());
        if let Some((200, rotated)) = self.v1("POST", &path, &json!({})).await {
            self.keep_secret(&rotated["signingSecret"]);
        }
    }

    /// Sends again what is in the log of one endpoint, up to four times: looks each minute whether something is there.
    pub(super) async fn resend(&self) {
        let webhook = self.webhook();
        let mut delivery = None;
        for _ in 0..8 {
            pause(self.random.below(60_000)).await;
            delivery = self.one_of(&format!("/webhooks/{webhook}/deliveries")).await;
            if delivery.is_some() {
                break;
            }
        }
        let Some(delivery) = delivery else { return };
        let delivery = delivery["deliveryId"].as_str().unwrap_or_default();
        self.v1("GET", &format!("/webhooks/{webhook}/deliveries/{delivery}"), &json!({})).await;
        let path = format!("/webhooks/{webhook}/deliveries/{delivery}/resend");
        for _ in 0..self.random.between(1, 4) {
            let now = i64::try_from(self.world.aws.time.now()).unwrap_or(i64::MAX);
            let resent = || Resent { first_asked_at: now, is_accepted: false };
            self.done.resent.borrow_mut().entry(delivery.to_owned()).or_insert_with(resent);
            if let Some((202, _)) = self.v1("POST", &path, &json!({})).await
                && let Some(resent) = self.done.resent.borrow_mut().get_mut(delivery)
            {
                resent.is_accepted = true;
            }
            pause(self.random.below(2_000)).await;
        }
    }

    /// Sends again whatever failed of one endpoint.
    pub(super) async fn recover(&self) {
        pause(self.random.below(2 * BUSY_MS)).await;
        let now = self.world.aws.time.now();
        let since = domain::Timestamp::from_millis(now - 3_600_000).to_string();
        self.v1("POST", &format!("/webhooks/{}/recover", self.webhook()), &json!({"since": since})).await;
    }

    /// Nobody is told of its calls: it is there for a moment only, for a campaign that is left.
    pub(super) async fn open_and_close_a_webhook(&self) {
        let asked = json!({"name": "Short", "prompt": "You are Alex."});
        let campaign = self.v1("POST", "/campaigns", &asked).await;
        let mut asked = json!({"direction": "inbound", "name": "Short", "responseWebhook": {
            "url": "https://healthy-short.example.com/", "headers": [{"name": "X-Key", "value": "short-lived"}]}});
        if let Some((201, campaign)) = campaign {
            asked["campaignId"] = campaign["id"].clone();
        }
        let Some((201, made)) = self.v1("POST", "/webhooks", &asked).await else { return };
        let path = format!("/webhooks/{}", made["id"].as_str().unwrap_or_default());
        self.keep_secret(&made["signingSecret"]);
        self.keep_secret(&made["slug"]);
        if let Some((200, rotated)) = self.v1("POST", &format!("{path}/rotate-slug"), &json!({})).await {
            self.keep_secret(&rotated["slug"]);
        }
        self.v1("POST", &format!("{path}/requests/preview"), &json!({"type": "calls.execute", "data": {}}))
            .await;
        // A header without a value keeps the one that it has.
        let kept = json!({"responseWebhook": {"headers": [{"name": "X-Key"}, {"name": "X-Team", "value": "sales"}]}});
        self.v1("PATCH", &path, &kept).await;
        self.v1("DELETE", &path, &json!({})).await;
    }

    /// Somebody opens the portal, reads, and tries a webhook or a campaign.
    pub(super) async fn let_somebody_in(&self) {
        let Some((201, link)) = self.operator("POST", "/portal-links", &json!({})).await else { return };
        let url = link["url"].as_str().unwrap_or_default();
        let token = url.split("#link=").nth(1).unwrap_or_default();
        self.keep_secret(&json!(token));
        let path = "/v1/portal-sessions";
        let Some((201, session)) = self.world.http("POST", path, json!({}), &json!({"link": token})).await
        else {
            return;
        };
        let token = session["token"].as_str().unwrap_or_default();
        self.keep_secret(&session["token"]);
        let headers = json!({"authorization": format!("Bearer {token}")});
        self.world.http("GET", "/v1/webhooks", headers.clone(), &json!({})).await;
        self.try_with(headers.clone()).await;
        match self.random.below(4) {
            0 => self.world.http("DELETE", "/v1/portal-sessions/current", headers, &json!({})).await,
            1 => self.v1("POST", "/portal-links", &json!({})).await,
            _ => self.operator("DELETE", "/portal-sessions", &json!({})).await,
        };
    }

    /// A Test, or a test call, by whoever these headers let in.
    async fn try_with(&self, headers: serde_json::Value) {
        if self.random.per_mille(500) {
            let path = format!("/v1/webhooks/{}/test", self.webhook());
            self.world.http("POST", &path, headers, &json!({})).await;
        } else {
            let path = format!("/v1/campaigns/{}/test-call", self.account.campaign);
            let phone = json!(format!("+1558{:07}", 2_000_000 + self.number));
            self.keep_secret(&phone);
            self.world.http("POST", &path, headers, &json!({"phoneNumber": phone})).await;
        }
    }

    pub(super) async fn add_credits(&self) {
        for _ in 0..self.random.between(1, 4) {
            let asked = json!({"amount": self.random.between(1, 5)});
            let answer = self.operator("POST", "/credits", &asked).await;
            self.done.added.borrow_mut().push((self.account.id.clone(), answer.map(|(status, _)| status)));
        }
    }

    pub(super) async fn read(&self) {
        let webhook = self.webhook();
        let campaign = &self.account.campaign;
        let other = self.random.of(["/presets", "/zapier/sample", "/campaigns", "/webhooks"]);
        for path in [
            "/account".to_owned(),
            other.to_owned(),
            "/account/ledger".to_owned(),
            "/stats".to_owned(),
            format!("/webhooks/{webhook}/requests"),
            format!("/webhooks/{webhook}/stats"),
            format!("/campaigns/{campaign}/calls"),
        ] {
            self.v1("GET", &path, &json!({})).await;
        }
        if let Some(call) = self.one_of(&format!("/campaigns/{campaign}/calls")).await {
            let call = &call["id"];
            self.v1("GET", &format!("/calls/{}", call.as_str().unwrap_or_default()), &json!({})).await;
            let asked = json!({"payload": own_payload(), "callId": call});
            self.v1("POST", "/webhooks/preview", &asked).await;
        }
        self.v1("PATCH", &format!("/campaigns/{campaign}"), &json!({"voice": "alex"})).await;
    }

    /// For a while nothing that is asked for rings. A campaign of a moment comes and goes.
    pub(super) async fn stop_the_campaign(&self) {
        let path = format!("/campaigns/{}", self.account.campaign);
        self.done.stopped.borrow_mut().insert(self.account.id.clone());
        self.v1("PATCH", &path, &json!({"status": "paused"})).await;
        pause(self.random.below(30_000)).await;
        self.v1("PATCH", &path, &json!({"status": "active"})).await;
        let asked = json!({"name": "Short", "prompt": "You are Alex."});
        let Some((201, made)) = self.v1("POST", "/campaigns", &asked).await else { return };
        let path = format!("/campaigns/{}", made["id"].as_str().unwrap_or_default());
        self.v1("GET", &path, &json!({})).await;
        self.v1("DELETE", &path, &json!({})).await;
    }

    /// Somebody asks to be forgotten.
    pub(super) async fn erase(&self) {
        pause(self.random.below(BUSY_MS)).await;
        let Some(call) = self.one_of(&format!("/campaigns/{}/calls", self.account.campaign)).await else {
            return;
        };
        if let Some(phone) = call["recipient"]["phoneNumber"].as_str() {
            let id = call["id"].as_str().unwrap_or_default().to_owned();
            self.done.erased.borrow_mut().entry(phone.to_owned()).or_default().insert(id);
        }
        self.v1("DELETE", &format!("/calls/{}", call["id"].as_str().unwrap_or_default()), &json!({})).await;
    }

    /// The operator makes a key, takes it back, and sets limits.
    pub(super) async fn change_keys_and_limits(&self) {
        self.operator("GET", "/api-keys", &json!({})).await;
        self.operator("PATCH", "", &json!({"limits": {"outboundWebhooks": self.random.between(300, 500)}}))
            .await;
        let Some((201, key)) = self.operator("POST", "/api-keys", &json!({})).await else { return };
        let secret = key["apiKey"].as_str().unwrap_or_default();
        self.keep_secret(&key["apiKey"]);
        let headers = json!({"authorization": format!("Bearer {secret}")});
        // What is asked for first notes that the key is used.
        self.try_with(headers.clone()).await;
        self.world.http("GET", "/v1/account", headers, &json!({})).await;
        let path = format!("/api-keys/{}", key["id"].as_str().unwrap_or_default());
        self.operator("DELETE", &path, &json!({})).await;
    }

    /// An account comes to be while things go wrong: it is there whole, or not at all.
    pub(super) async fn open_an_account(&self) {
        let asked = json!({"name": "Brambleside Homes", "credits": 3});
        let Some((201, made)) = self.world.http("POST", "/operator/accounts", json!({}), &asked).await else {
            return;
        };
        let api_key = made["apiKey"].as_str().unwrap_or_default();
        self.keep_secret(&made["apiKey"]);
        let headers = json!({"authorization": format!("Bearer {api_key}")});
        let asked = json!({"direction": "inbound", "name": "CRM"});
        let Some((201, webhook)) = self.world.http("POST", "/v1/webhooks", headers.clone(), &asked).await
        else {
            return;
        };
        let asked = json!({"name": "Q1", "prompt": "You are Alex.", "webhookId": webhook["id"]});
        self.world.http("POST", "/v1/campaigns", headers, &asked).await;
    }

    /// A Zap is switched on and off.
    pub(super) async fn subscribe(&self) {
        let asked = json!({"targetUrl": "https://healthy-zap.example.com/hook"});
        let Some((201, made)) = self.v1("POST", "/zapier/hooks", &asked).await else { return };
        self.v1("DELETE", &format!("/zapier/hooks/{}", made["id"].as_str().unwrap_or_default()), &json!({}))
            .await;
    }

    /// The clock of the functions goes wrong for a while.
    pub(super) async fn move_clock(&self) {
        let off = self.random.of([-90_000, -1_000, 1_000, 90_000]);
        self.world.aws.trace.say(&format!("clocks are {off} ms off"));
        self.done.has_wrong_clocks.set(true);
        self.world.aws.time.set_off_by(off);
        pause(self.random.below(60_000)).await;
        self.world.aws.time.set_off_by(0);
    }
}
