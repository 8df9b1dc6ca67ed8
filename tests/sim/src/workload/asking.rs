//! Those who ask for calls: a CRM, a bulk campaign, an owner who tries his own.

use serde_json::{Value, json};

use super::{Asked, One};
use crate::dialer;
use crate::time::pause;

impl One {
    /// A CRM asks for a call. One with a key asks again when it is not told that all is well.
    pub(super) async fn ask(&self) {
        let phone = format!("+1555{:07}", 2_000_000 + self.number);
        let has_key = self.random.per_mille(600);
        let mut headers = json!({"content-type": "application/json"});
        if has_key {
            headers["idempotency-key"] = json!(format!("key-{}", self.number));
        }
        if let Some(value) = &self.account.required_header {
            headers["x-crm-key"] = json!(value);
        }
        let path = format!("/{}", self.account.slug);
        let body = self.body(&phone);
        let mut answers = Vec::new();
        for _ in 0..self.random.between(1, 4) {
            let answer =
                self.world.http("POST", &path, headers.clone(), &body).await.map(|(status, _)| status);
            let is_well = answer == Some(201) && !self.random.per_mille(200);
            answers.push(answer);
            if !has_key || is_well {
                break;
            }
            pause(self.random.between(0, 20_000)).await;
        }
        self.done.secrets.borrow_mut().insert(phone.clone());
        let asked = Asked { account: self.account.id.clone(), phone, has_key, answers };
        self.done.asked.borrow_mut().push(asked);
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

    pub(super) async fn test_call(&self) {
        let path = format!("/campaigns/{}/test-call", self.account.campaign);
        let phone = json!(format!("+1556{:07}", 2_000_000 + self.number));
        self.keep_secret(&phone);
        self.v1("POST", &path, &json!({"phoneNumber": phone})).await;
    }
}
