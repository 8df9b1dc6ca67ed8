//! The accounts of a world, and what their owners have set up before anything goes wrong.

use std::rc::Rc;

use serde_json::{Value, json};

use super::Done;
use crate::random::Random;
use crate::receivers::KINDS;
use crate::world::World;

/// An account and what it has.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// Those that it began with.
    pub(crate) credits: i64,
    pub(super) api_key: String,
    pub(super) slug: String,
    pub(crate) inbound: String,
    pub(super) campaign: String,
    pub(crate) outbound: Vec<Outbound>,
    /// The value of the header that its CRM must send.
    pub(super) required_header: Option<String>,
    /// Whether its CRM sends bodies of its own shape.
    pub(super) is_mapped: bool,
    /// Whether all that happens here is that calls end, one after the other: one endpoint fails, or comes and goes, and another one
    /// asks to be told of that.
    pub(super) has_storm: bool,
}

/// An outbound webhook.
#[derive(Debug)]
pub(crate) struct Outbound {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(super) host: String,
    pub(crate) wishes: Wishes,
}

/// A fan-out reads so many webhooks at once.
const WEBHOOKS_AT_ONCE: usize = 1_000;
/// BatchWriteItem: "up to 25 put or delete requests".
const WRITTEN_AT_ONCE: usize = 25;

/// What is the same in every world, and in no log line: of people, of calls, and a header's value.
const SECRETS: [&str; 4] = ["Jannetje", "They agreed on a price", "5557654321", "short-lived"];

/// What a webhook asks to be told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wishes {
    /// Calls that are over; with a status, those that ended so.
    pub(crate) finished: Option<Option<&'static str>>,
    /// Calls that do not ring.
    pub(crate) cancelled: bool,
    /// Endpoints that fail.
    pub(crate) watches: bool,
}

impl Wishes {
    fn draw(random: &Random) -> Self {
        let status = random.of([None, None, None, Some("finished"), Some("missed")]);
        let watches = random.per_mille(250);
        Self {
            finished: (!watches || random.per_mille(500)).then_some(status),
            cancelled: random.per_mille(650),
            watches,
        }
    }

    /// As the API's `events` and `filter`.
    fn as_fields(self) -> (Value, Value) {
        let mut events = Vec::new();
        if self.finished.is_some() {
            events.push("call.finished");
        }
        if self.cancelled {
            events.push("call.cancelled");
        }
        if self.watches {
            events.extend(["webhook.failing", "webhook.disabled"]);
        }
        let statuses = self.finished.flatten();
        (json!(events), statuses.map_or(Value::Null, |status| json!({"statuses": [status]})))
    }
}

/// A body of one's own.
pub(super) fn own_payload() -> Value {
    json!({"json": {"call": "{{ call.id }}", "title": "{{ call.summary | default('none') | truncate(40) }}",
        "phone": "{{ call.recipient.phoneNumber }}", "contact": "{{ call.metadata.contactId | default(none) }}"}})
}

/// Opens accounts, before anything goes wrong.
pub(crate) async fn open(world: &Rc<World>, random: &Random) -> Done {
    let mut done = Done::default();
    for number in 0..1 + random.below(4) / 3 {
        // How often it is told can be judged where nothing comes late; that it is told at all, where it does.
        let has_storm = random.per_mille(if world.aws.harm.is_none() { 500 } else { 25 });
        let account = Opening { world, random, number, has_storm }.open(&done).await;
        done.accounts.push(Rc::new(account));
    }
    done
}

/// An account that is being opened.
struct Opening<'a> {
    world: &'a Rc<World>,
    random: &'a Random,
    number: u64,
    has_storm: bool,
}

impl Opening<'_> {
    async fn open(&self, done: &Done) -> Account {
        let random = self.random;
        let credits = random.of([0, 0, 1, 2, 12]);
        let asked = json!({"name": "Quillhaven Realty", "credits": credits});
        let account = self.made("/operator/accounts", "", &asked).await;
        let api_key = text(&account, "apiKey");
        let secret = format!("Bearer {:016x}", random.next());
        let required_header = random.per_mille(250).then(|| format!("{:016x}", random.next()));
        let is_mapped = random.per_mille(250);
        let asked = self.inbound(&secret, required_header.as_deref(), is_mapped);
        let inbound = self.made("/v1/webhooks", &api_key, &asked).await;
        let mut outbound = Vec::new();
        for (place, endpoint) in (1..).zip(self.endpoints()) {
            outbound.push(self.outbound(done, place, endpoint, &api_key).await);
        }
        if let Some(like) = outbound.first().filter(|_| random.per_mille(30)) {
            self.crowd(&text(&account, "id"), &like.id);
        }
        let asked = json!({"name": "Q4", "status": "active", "prompt": "You are Alex.", "webhookId": text(&inbound, "id")});
        let campaign = self.made("/v1/campaigns", &api_key, &asked).await;
        let secrets = [api_key.clone(), text(&inbound, "slug"), text(&inbound, "signingSecret"), secret];
        done.secrets.borrow_mut().extend(secrets.into_iter().chain(required_header.clone()));
        done.secrets.borrow_mut().extend(SECRETS.map(str::to_owned));
        Account {
            id: text(&account, "id"),
            credits,
            api_key,
            slug: text(&inbound, "slug"),
            inbound: text(&inbound, "id"),
            campaign: text(&campaign, "id"),
            outbound,
            required_header,
            is_mapped,
            has_storm: self.has_storm,
        }
    }

    /// How its outbound webhooks answer, and what they ask for.
    fn endpoints(&self) -> Vec<(&'static str, Wishes)> {
        if self.has_storm {
            let nothing = Wishes { finished: None, cancelled: false, watches: false };
            return vec![
                (self.random.of(["flapping", "dead"]), Wishes { finished: Some(None), ..nothing }),
                ("healthy", Wishes { watches: true, ..nothing }),
            ];
        }
        let kinds =
            |kinds: &[&'static str]| kinds.iter().map(|kind| (*kind, Wishes::draw(self.random))).collect();
        // Somebody hears of an endpoint that may be given up.
        if self.random.per_mille(300) {
            let mut both: Vec<_> = kinds(&[self.random.of(["gone", "gone", "flapping", "dead"]), "healthy"]);
            both[0].1.finished = Some(None);
            both[1].1.watches = true;
            return both;
        }
        (0..self.random.of([0, 1, 2, 2]))
            .map(|_| (self.random.of(KINDS), Wishes::draw(self.random)))
            .collect()
    }

    /// So many disabled webhooks lie before the others, or behind them, that nobody is told of anything in one step. They are written
    /// as they would be in the table: a thousand requests would take as long as ten worlds.
    fn crowd(&self, account: &str, like: &str) {
        let tables = &self.world.aws.tables;
        let webhooks = tables.all("Webhooks");
        let like = webhooks.iter().find(|item| item["id"]["S"] == like).expect("a webhook that was made");
        let first = self.random.of(["000", "fff"]);
        let put = |number: usize| {
            let mut item = like.clone();
            for (name, value) in [
                ("id", json!({"S": format!("wh_{first}{number:029x}")})),
                ("status", json!({"S": "disabled"})),
                ("disabledReason", json!({"S": "owner"})),
                ("disabledAt", item["createdAt"].clone()),
                ("events", json!({"L": [{"S": "call.finished"}]})),
            ] {
                item[name] = value;
            }
            json!({"PutRequest": {"Item": item}})
        };
        let puts: Vec<Value> = (0..=WEBHOOKS_AT_ONCE).map(put).collect();
        for some in puts.chunks(WRITTEN_AT_ONCE) {
            let written =
                tables.answer("BatchWriteItem", &json!({"RequestItems": {"Webhooks": some}}).to_string());
            assert_eq!(written.status, 200, "{}", written.body);
        }
        let counted = json!({"TableName": "Counts", "Key": {"accountId": {"S": account}},
            "UpdateExpression": "ADD outboundWebhooks :more",
            "ExpressionAttributeValues": {":more": {"N": puts.len().to_string()}}});
        let counted = tables.answer("UpdateItem", &counted.to_string());
        assert_eq!(counted.status, 200, "{}", counted.body);
    }

    fn inbound(&self, secret: &str, required_header: Option<&str>, is_mapped: bool) -> Value {
        let url = self.url(self.random.of(KINDS), 0);
        let mut asked = json!({"direction": "inbound", "name": "CRM", "responseWebhook": {
            "url": url, "headers": [{"name": "Authorization", "value": secret}]}});
        if self.random.per_mille(250) {
            asked["responseWebhook"]["payload"] = own_payload();
        }
        if let Some(value) = required_header {
            asked["requiredHeader"] = json!({"name": "X-Crm-Key", "value": value});
        }
        if is_mapped {
            asked["mapping"] = json!({"phoneNumber": ["mobile", "phone"], "firstName": "name", "metadata": {"contactId": "vid"}});
        }
        asked
    }

    async fn outbound(
        &self,
        done: &Done,
        place: u64,
        (kind, wishes): (&'static str, Wishes),
        api_key: &str,
    ) -> Outbound {
        let url = self.url(kind, place);
        let method = if self.random.per_mille(200) { "GET" } else { "POST" };
        let (events, filter) = wishes.as_fields();
        // One of the characters that SQS refuses.
        let name = if place.is_multiple_of(2) { "Own\u{FFFF}" } else { "Own" };
        let mut asked = json!({"direction": "outbound", "name": name, "url": url, "method": method,
            "events": events, "filter": filter});
        // What became of an endpoint is no call: no document of one's own can show it.
        if method == "POST" && !wishes.watches && self.random.per_mille(300) {
            asked["payload"] = own_payload();
        }
        let webhook = self.made("/v1/webhooks", api_key, &asked).await;
        done.secrets.borrow_mut().insert(text(&webhook, "signingSecret"));
        let host = url.trim_start_matches("https://").trim_end_matches("/hook").to_owned();
        Outbound { id: text(&webhook, "id"), kind, host, wishes }
    }

    fn url(&self, kind: &str, place: u64) -> String {
        format!("https://{kind}-{}-{place}.example.com/hook", self.number)
    }

    async fn made(&self, path: &str, api_key: &str, asked: &Value) -> Value {
        let headers = json!({"authorization": format!("Bearer {api_key}")});
        match self.world.http("POST", path, headers, asked).await {
            Some((201, body)) => body,
            other => panic!("{path} could not be made: {other:?}"),
        }
    }
}

fn text(value: &Value, part: &str) -> String {
    value[part].as_str().unwrap_or_default().to_owned()
}
