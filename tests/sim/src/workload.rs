//! What people do in a world: drawn from the seed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Value, json};
use tokio::task::spawn_local;

use crate::dialer::{self, Dialer};
use crate::random::Random;
use crate::receivers::KINDS;
use crate::time::pause;
use crate::world::World;

/// Within this time everything is asked for.
const BUSY_MS: u64 = 240_000;

/// An account and what it has.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    api_key: String,
    slug: String,
    pub(crate) inbound: String,
    campaign: String,
    pub(crate) outbound: Vec<Outbound>,
}

/// An outbound webhook.
#[derive(Debug)]
pub(crate) struct Outbound {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
}

/// A request for a call, and what it was answered. Each has a number of its own, so that its calls are found.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) account: String,
    pub(crate) phone: String,
    pub(crate) has_key: bool,
    /// A status, or nothing.
    pub(crate) answers: Vec<Option<u16>>,
}

/// Everything that was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) accounts: Vec<Rc<Account>>,
    pub(crate) asked: RefCell<Vec<Asked>>,
    pub(crate) secrets: RefCell<BTreeSet<String>>,
    /// Webhooks that people have moved, stopped or tested while they were told of calls.
    pub(crate) edited: RefCell<BTreeSet<String>>,
    /// Whether clocks were off at some time.
    pub(crate) has_wrong_clocks: Cell<bool>,
}

/// Opens accounts, before anything goes wrong.
pub(crate) async fn open(world: &Rc<World>, random: &Random) -> Done {
    let mut done = Done::default();
    for number in 0..1 + random.below(4) / 3 {
        let account = open_account(world, random, &done, number).await;
        done.accounts.push(Rc::new(account));
    }
    done
}

async fn open_account(world: &Rc<World>, random: &Random, done: &Done, number: u64) -> Account {
    let made = |answer: Option<(u16, Value)>| match answer {
        Some((201, body)) => body,
        other => panic!("an account could not be opened: {other:?}"),
    };
    let credits = random.between(1, 12);
    let asked = json!({"name": "Quillhaven Realty", "credits": credits});
    let account = made(world.http("POST", "/operator/accounts", json!({}), &asked).await);
    let text = |value: &Value, part: &str| value[part].as_str().unwrap_or_default().to_owned();
    let (id, api_key) = (text(&account, "id"), text(&account, "apiKey"));
    let host = |kind: &str, place: u64| format!("https://{kind}-{number}-{place}.example.com/hook");
    let kind = random.pick(&KINDS).copied().unwrap_or("healthy");
    let secret = format!("Bearer {:016x}", random.next());
    let asked = json!({"direction": "inbound", "name": "CRM", "responseWebhook": {
        "url": host(kind, 0), "headers": [{"name": "Authorization", "value": secret}]}});
    let headers = json!({"authorization": format!("Bearer {api_key}")});
    let inbound = made(world.http("POST", "/v1/webhooks", headers.clone(), &asked).await);
    let mut outbound = Vec::new();
    for place in 1..=random.below(3) {
        let kind = random.pick(&KINDS).copied().unwrap_or("healthy");
        let method = if random.per_mille(200) { "GET" } else { "POST" };
        let asked =
            json!({"direction": "outbound", "name": "Own", "url": host(kind, place), "method": method});
        let webhook = made(world.http("POST", "/v1/webhooks", headers.clone(), &asked).await);
        outbound.push(Outbound { id: text(&webhook, "id"), kind });
    }
    let asked = json!({"name": "Q4", "status": "active", "prompt": "You are Alex.", "webhookId": text(&inbound, "id")});
    let campaign = made(world.http("POST", "/v1/campaigns", headers, &asked).await);
    let secrets = [api_key.clone(), text(&inbound, "slug"), text(&inbound, "signingSecret"), secret];
    done.secrets.borrow_mut().extend(secrets);
    Account {
        id,
        api_key,
        slug: text(&inbound, "slug"),
        inbound: text(&inbound, "id"),
        campaign: text(&campaign, "id"),
        outbound,
    }
}

/// Does what the seed says, at times that the seed says, and waits until it is done.
pub(crate) async fn act(
    world: &Rc<World>,
    random: &Random,
    done: &Rc<Done>,
    dialer: &Rc<Dialer>,
    actions: u64,
    left_out: &BTreeSet<u64>,
) {
    let mut acting = Vec::new();
    // Some worlds do everything at once.
    let within = random.pick(&[200, 5_000, BUSY_MS]).copied().unwrap_or(BUSY_MS);
    for number in 0..actions {
        let Some(account) = random.pick(&done.accounts).cloned() else { return };
        let (world, done, dialer, random) =
            (Rc::clone(world), Rc::clone(done), Rc::clone(dialer), random.fork());
        if left_out.contains(&number) {
            continue;
        }
        acting.push(spawn_local(async move {
            pause(random.below(within)).await;
            let one = One { world, done, dialer, random, account, number };
            one.act().await;
        }));
    }
    for one in acting {
        one.await.expect("nobody panics");
    }
}

/// One thing that somebody does.
struct One {
    world: Rc<World>,
    done: Rc<Done>,
    dialer: Rc<Dialer>,
    random: Random,
    account: Rc<Account>,
    number: u64,
}

impl One {
    async fn act(&self) {
        match self.random.below(21) {
            0..=7 => self.ask().await,
            8 | 9 => self.bulk_call().await,
            10 => self.test_call().await,
            11 => self.press_test().await,
            12 => self.edit().await,
            13 => self.rotate().await,
            14 => self.resend().await,
            15 => self.recover().await,
            16 => self.open_and_close_a_webhook().await,
            17 => self.let_somebody_in().await,
            18 => self.add_credits().await,
            19 => self.read().await,
            _ => self.move_clock().await,
        }
    }

    async fn v1(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let headers = json!({"authorization": format!("Bearer {}", self.account.api_key)});
        self.world.http(method, &format!("/v1{path}"), headers, body).await
    }

    /// A CRM asks for a call. One with a key asks again when it is not told that all is well.
    async fn ask(&self) {
        let phone = format!("+1555{:07}", 2_000_000 + self.number);
        let has_key = self.random.per_mille(600);
        let mut headers = json!({"content-type": "application/json"});
        if has_key {
            headers["idempotency-key"] = json!(format!("key-{}", self.number));
        }
        let path = format!("/{}", self.account.slug);
        let body = json!({"type": "calls.execute", "data": {"phoneNumber": phone, "firstName": "Jannetje"}});
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

    async fn bulk_call(&self) {
        let call = format!("call_bulk{:08}", self.number);
        let completion = dialer::completion(&self.world, &call, &self.account.id, "campaign");
        dialer::report(&self.world, &self.dialer, completion).await;
    }

    async fn test_call(&self) {
        let path = format!("/campaigns/{}/test-call", self.account.campaign);
        self.v1("POST", &path, &json!({"phoneNumber": format!("+1556{:07}", 2_000_000 + self.number)})).await;
    }

    fn webhook(&self) -> String {
        let outbound = self.random.pick(&self.account.outbound).map(|webhook| webhook.id.clone());
        outbound.filter(|_| self.random.per_mille(600)).unwrap_or_else(|| self.account.inbound.clone())
    }

    async fn press_test(&self) {
        self.v1("POST", &format!("/webhooks/{}/test", self.webhook()), &json!({})).await;
    }

    async fn edit(&self) {
        let Some(outbound) = self.random.pick(&self.account.outbound) else { return };
        self.done.edited.borrow_mut().insert(outbound.id.clone());
        let change = match self.random.below(4) {
            0 => json!({"status": "disabled"}),
            1 => json!({"status": "enabled"}),
            2 => json!({"name": "Renamed"}),
            _ => json!({"url": format!("https://healthy-moved-{}.example.com/hook", self.number)}),
        };
        self.v1("PATCH", &format!("/webhooks/{}", outbound.id), &change).await;
    }

    async fn rotate(&self) {
        self.v1("POST", &format!("/webhooks/{}/rotate-secret", self.webhook()), &json!({})).await;
    }

    /// Sends again what is in the log of one endpoint.
    async fn resend(&self) {
        pause(self.random.below(BUSY_MS)).await;
        let webhook = self.webhook();
        let Some((200, list)) = self.v1("GET", &format!("/webhooks/{webhook}/deliveries"), &json!({})).await
        else {
            return;
        };
        let Some(items) = list["items"].as_array() else { return };
        let Some(delivery) = self.random.pick(items).and_then(|item| item["deliveryId"].as_str()) else {
            return;
        };
        let path = format!("/webhooks/{webhook}/deliveries/{delivery}/resend");
        self.v1("POST", &path, &json!({})).await;
    }

    /// Sends again whatever failed of one endpoint.
    async fn recover(&self) {
        pause(self.random.below(BUSY_MS)).await;
        let now = self.world.aws.time.now();
        let since = domain::Timestamp::from_millis(now - 3_600_000).to_string();
        self.v1("POST", &format!("/webhooks/{}/recover", self.webhook()), &json!({"since": since})).await;
    }

    /// Nobody is told of its calls: it is there for a moment only.
    async fn open_and_close_a_webhook(&self) {
        let asked = json!({"direction": "inbound", "name": "Short", "responseWebhook": {
            "url": "https://healthy-short.example.com/", "headers": [{"name": "X-Key", "value": "short-lived"}]}});
        let Some((201, made)) = self.v1("POST", "/webhooks", &asked).await else { return };
        let path = format!("/webhooks/{}", made["id"].as_str().unwrap_or_default());
        self.v1("POST", &format!("{path}/rotate-slug"), &json!({})).await;
        self.v1("POST", &format!("{path}/requests/preview"), &json!({"type": "calls.execute", "data": {}}))
            .await;
        self.v1("DELETE", &path, &json!({})).await;
    }

    /// Somebody opens the portal and reads.
    async fn let_somebody_in(&self) {
        let path = format!("/operator/accounts/{}/portal-links", self.account.id);
        let Some((201, link)) = self.world.http("POST", &path, json!({}), &json!({})).await else { return };
        let url = link["url"].as_str().unwrap_or_default();
        let token = url.split("#link=").nth(1).unwrap_or_default();
        let path = "/v1/portal-sessions";
        let Some((201, session)) = self.world.http("POST", path, json!({}), &json!({"link": token})).await
        else {
            return;
        };
        let token = session["token"].as_str().unwrap_or_default();
        self.done.secrets.borrow_mut().insert(token.to_owned());
        let headers = json!({"authorization": format!("Bearer {token}")});
        self.world.http("GET", "/v1/webhooks", headers, &json!({})).await;
    }

    async fn add_credits(&self) {
        let path = format!("/operator/accounts/{}/credits", self.account.id);
        self.world.http("POST", &path, json!({}), &json!({"amount": self.random.between(1, 5)})).await;
    }

    async fn read(&self) {
        let webhook = self.webhook();
        let campaign = &self.account.campaign;
        for path in [
            "/account".to_owned(),
            "/account/ledger".to_owned(),
            "/stats".to_owned(),
            format!("/webhooks/{webhook}/requests"),
            format!("/webhooks/{webhook}/stats"),
            format!("/campaigns/{campaign}/calls"),
        ] {
            self.v1("GET", &path, &json!({})).await;
        }
        self.v1("PATCH", &format!("/campaigns/{campaign}"), &json!({"voice": "alex"})).await;
    }

    /// The clock of the functions goes wrong for a while.
    async fn move_clock(&self) {
        let off = self.random.pick(&[-90_000, -1_000, 1_000, 90_000]).copied().unwrap_or(0);
        self.world.aws.trace.say(&format!("clocks are {off} ms off"));
        self.done.has_wrong_clocks.set(true);
        self.world.aws.time.set_off_by(off);
        pause(self.random.below(60_000)).await;
        self.world.aws.time.set_off_by(0);
    }
}
