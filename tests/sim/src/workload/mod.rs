//! What people do in a world: drawn from the seed.

mod accounts;
mod asking;
mod owning;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Value, json};
use tokio::task::spawn_local;

use crate::dialer::Dialer;
use crate::random::Random;
use crate::time::pause;
use crate::world::World;

pub(crate) use accounts::{Account, Outbound, open};

/// Within this time everything is asked for.
const BUSY_MS: u64 = 240_000;

/// A request for a call, and what it was answered. Each has a number of its own, so that its calls are found.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) account: String,
    pub(crate) phone: String,
    /// Its `Idempotency-Key`.
    pub(crate) key: Option<String>,
    /// Whether another body was sent under its key before.
    pub(crate) is_other: bool,
    /// A status, or nothing.
    pub(crate) answers: Vec<Option<u16>>,
}

/// A delivery that somebody wanted to be sent again.
#[derive(Debug)]
pub(crate) struct Resent {
    /// By the clock of the world.
    pub(crate) first_asked_at: i64,
    /// Whether the answer was 202 at some time.
    pub(crate) is_accepted: bool,
}

/// Everything that was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) accounts: Vec<Rc<Account>>,
    pub(crate) asked: RefCell<Vec<Asked>>,
    pub(crate) secrets: RefCell<BTreeSet<String>>,
    /// Webhooks that people have moved, stopped or tested while they were told of calls.
    pub(crate) edited: RefCell<BTreeSet<String>>,
    /// Hosts of endpoints whose body was designed anew while they were told of calls: the next attempt has it.
    pub(crate) reworded: RefCell<BTreeSet<String>>,
    /// Messages that the dialer has sent and that can never be used.
    pub(crate) nonsense: RefCell<BTreeSet<String>>,
    /// Deliveries that people wanted to be sent again.
    pub(crate) resent: RefCell<BTreeMap<String, Resent>>,
    /// Accounts whose campaign was paused for a while.
    pub(crate) stopped: RefCell<BTreeSet<String>>,
    /// Calls that somebody may have erased, by their number.
    pub(crate) erased: RefCell<BTreeMap<String, BTreeSet<String>>>,
    /// What the operator was answered who added credits to an account.
    pub(crate) added: RefCell<Vec<(String, Option<u16>)>>,
    /// Whether clocks were off at some time.
    pub(crate) has_wrong_clocks: Cell<bool>,
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
    let within = random.of([200, 5_000, BUSY_MS]);
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
        if self.account.has_storm {
            return self.bulk_calls(2).await;
        }
        match self.random.below(34) {
            0..=8 => self.ask().await,
            9 | 10 => self.bulk_calls(1).await,
            11 => self.test_call().await,
            12 => self.press_test().await,
            13 => self.edit().await,
            14 => self.rotate().await,
            15..=17 => self.resend().await,
            18 => self.recover().await,
            19 => self.open_and_close_a_webhook().await,
            20 | 21 => self.let_somebody_in().await,
            22 | 23 => self.add_credits().await,
            24 => self.read().await,
            25 => self.stop_the_campaign().await,
            26 => self.erase().await,
            27 => self.change_keys_and_limits().await,
            28 => self.subscribe().await,
            29 | 30 => self.open_an_account().await,
            31 | 32 => self.report_nonsense(),
            _ => self.move_clock().await,
        }
    }

    async fn v1(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let headers = json!({"authorization": format!("Bearer {}", self.account.api_key)});
        self.world.http(method, &format!("/v1{path}"), headers, body).await
    }

    async fn operator(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let path = format!("/operator/accounts/{}{path}", self.account.id);
        self.world.http(method, &path, json!({}), body).await
    }

    /// One of what a list of the API has.
    async fn one_of(&self, path: &str) -> Option<Value> {
        let Some((200, list)) = self.v1("GET", path, &json!({})).await else { return None };
        self.random.pick(list["items"].as_array()?).cloned()
    }

    /// It must be in no log line.
    fn keep_secret(&self, secret: &Value) {
        let secret = secret.as_str().filter(|secret| !secret.is_empty()).map(str::to_owned);
        self.done.secrets.borrow_mut().extend(secret);
    }

    fn webhook(&self) -> String {
        let outbound = self.random.pick(&self.account.outbound).map(|webhook| webhook.id.clone());
        outbound.filter(|_| self.random.per_mille(600)).unwrap_or_else(|| self.account.inbound.clone())
    }
}
