//! Those who ask for calls: a CRM, a bulk campaign, an owner who tries his own.

use futures_util::future::join;
use serde_json::{Value, json};

use super::{Asked, One};
use crate::dialer;
use crate::time::pause;

impl One {
    /// A CRM asks for a call. One with a key asks again when it is not told that all is well, or has two threads that ask at once;
    /// some send another body under a key of theirs.
    pub(super) async fn ask(&self) {
        let phone = format!("+1555{:07}", 2_000_000 + self.number);
        let key = self.random.per_mille(600).then(|| format!("key-{}", self.number));
        let body = self.body(&phone);
        let ask = || self.post(key.as_deref(), &body);
        let mut answers = Vec::new();
        if key.is_some() && self.random.per_mille(200) {
            let (one, other) = join(ask(), ask()).await;
            answers.extend([one, other]);
        }
        for _ in 0..self.random.between(1, 4) {
            let answer = ask().await;
            let is_well = answer == Some(201) && !self.random.per_mille(200);
            answers.push(answer);
            if key.is_none() || is_well {
                break;
            }
            pause(self.random.between(0, 20_000)).await;
        }
        let is_reused = key.is_some() && self.random.per_mille(200);
        self.keep_asked(phone, key.clone(), false, answers);
        if is_reused {
            let phone = format!("+1557{:07}", 2_000_000 + self.number);
            let answer = self.post(key.as_deref(), &self.body(&phone)).await;
            self.keep_asked(phone, key, true, vec![answer]);
        }
    }

    /// The status that a request for a call is answered with.
    async fn post(&self, key: Option<&str>, body: &Value) -> Option<u16> {
        let mut headers = json!({"content-type": "application/json"});
        if let Some(key) = key {
            headers["idempotency-key"] = json!(key);
        }
        if let Some(value) = &self.account.required_header {
            headers["x-crm-key"] = json!(value);
        }
        let path = format!("/{}", self.account.slug);
        self.world.http("POST", &path, headers, body).await.map(|(status, _)| status)
    }

    fn keep_asked(&self, phone: String, key: Option<String>, is_other: bool, answers: Vec<Option<u16>>) {
        self.done.secrets.borrow_mut().insert(phone.clone());
        let account = self.account.id.clone();
        self.done.asked.borrow_mut().push(Asked { account, phone, key, is_other, answers });
    }

    fn body(&self, phone: &str) -> Value {
        if self.account.is_mapped {
            return json!({"phone": phone, "name": "Jannetje", "vid": self.number});
        }
        let mut data = json!({"phoneNumber": phone, "firstName": "Jannetje"});
        if self.random.per_mille(300) {
            data["metadata"] = json!({"contactId": self.number});
            data["variables"] = json!({"offer": "10 %"});
        }
        json!({"type": "calls.execute", "data": data})
    }

    /// So many calls of a bulk campaign end.
    pub(super) async fn bulk_calls(&self, number: u64) {
        for place in 0..number {
            let call = format!("call_bulk{:06}{place:02}", self.number);
            let completion = dialer::completion(&self.world, &call, &self.account.id, "campaign");
            dialer::report(&self.world, &self.dialer, completion).await;
            pause(self.random.below(30_000)).await;
        }
    }

    /// The dialer reports what can never be used.
    pub(super) fn report_nonsense(&self) {
        let call = format!("call_unknown{:06}", self.number);
        let of = |account, source| dialer::completion(&self.world, &call, account, source).to_string();
        let nonsense = match self.random.below(4) {
            0 => format!("{call} rang"),
            1 => json!({"version": 1, "type": "call.completion", "callId": call}).to_string(),
            2 => of(&self.account.id, "inbound"),
            _ => of("acc_nobody", "campaign"),
        };
        dialer::send(&self.world, &nonsense);
        self.done.nonsense.borrow_mut().insert(nonsense);
    }

    pub(super) async fn test_call(&self) {
        let path = format!("/campaigns/{}/test-call", self.account.campaign);
        let phone = json!(format!("+1556{:07}", 2_000_000 + self.number));
        self.keep_secret(&phone);
        self.v1("POST", &path, &json!({"phoneNumber": phone})).await;
    }
}
