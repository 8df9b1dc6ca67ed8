//! A workload that is written down, so that the emulator can be asked for the same. What both of them then have in their tables
//! must be the same, ids and times apart (`tests/resilience/test_simulation.py`).

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::aws::queue::Sent;
use crate::run::settle;
use crate::template::Template;
use crate::time::pause;
use crate::world::World;

const JOBS: &str = "CallJobsQueue";
const COMPLETIONS: &str = "CallCompletionsQueue";
/// Before each step: longer than a function keeps what it has read of a campaign.
const BETWEEN_MS: u64 = 10_000;

/// Plays a script in a world without harm: `{kept: {name: text}, settled: [{attempts, told}], tables: {table: [item]}, jobs: [job]}`.
/// `settled` has how many attempts and calls that are fanned out there were whenever nothing was on its way any more.
///
/// # Panics
///
/// When an answer is not the one that the script has.
#[must_use]
pub fn play(template: &Template, script: &Value) -> Value {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let world = World::begin(template, 1);
        let tables =
            template.tables().into_iter().filter_map(|table| table["TableName"].as_str().map(str::to_owned));
        let tables = tables.collect();
        let mut player =
            Player { world, tables, kept: BTreeMap::new(), settled: Vec::new(), jobs: Vec::new() };
        for step in script.as_array().into_iter().flatten() {
            player.play(step).await;
        }
        let tables: Map<String, Value> = player.all_items().collect();
        json!({"kept": player.kept, "settled": player.settled, "tables": tables, "jobs": player.jobs})
    })
}

struct Player {
    world: Rc<World>,
    tables: Vec<String>,
    kept: BTreeMap<String, String>,
    settled: Vec<Value>,
    jobs: Vec<Value>,
}

impl Player {
    async fn play(&mut self, step: &Value) {
        pause(BETWEEN_MS).await;
        if step["settles"] == true {
            self.settle().await;
        } else if let completion @ Value::Object(_) = &step["completes"] {
            let mut completion = self.filled(completion);
            completion["version"] = json!(1);
            completion["type"] = json!("call.completion");
            completion["finishedAt"] = json!(self.world.aws.time.now());
            let sent = Sent { body: completion.to_string(), ..Sent::default() };
            self.world.aws.sqs().put(COMPLETIONS, sent, self.world.aws.time.now());
            self.world.aws.changed.notify_waiters();
        } else {
            self.ask(step).await;
        }
    }

    /// Nothing is on its way any more. The jobs are taken: there is no dialer.
    async fn settle(&mut self) {
        let messages = self.world.aws.sqs().messages(JOBS);
        for message in messages {
            self.jobs.push(serde_json::from_str(&message.body).unwrap_or_default());
            self.world.aws.sqs().delete(JOBS, message.number);
        }
        assert!(settle(&self.world).await, "the script does not settle");
        let has = |table: &str, name: &str| {
            self.world.aws.tables.all(table).iter().filter(|item| !item[name].is_null()).count()
        };
        let counts = json!({"attempts": has("DeliveryLogs", "outcome"), "told": has("Calls", "fannedOutAt")});
        self.settled.push(counts);
    }

    fn all_items(&self) -> impl Iterator<Item = (String, Value)> {
        self.tables.iter().map(|table| (table.clone(), json!(self.world.aws.tables.all(table))))
    }

    async fn ask(&mut self, step: &Value) {
        let methods = ["GET", "POST", "PATCH", "DELETE"];
        let method = methods.into_iter().find(|method| step[method].is_string()).expect("a method");
        let path = self.filled(&step[method]);
        let mut headers = match &step["headers"] {
            Value::Null => json!({}),
            headers => headers.clone(),
        };
        headers["content-type"] = json!("application/json");
        if step["as"] == "owner" {
            headers["authorization"] = json!(format!("Bearer {}", self.kept["apiKey"]));
        }
        let path = path.as_str().unwrap_or_default();
        let answer = self.world.http(method, path, headers, &self.filled(&step["body"])).await;
        let Some((status, body)) = answer else { panic!("{method} {path} was not answered") };
        assert_eq!(json!(status), step["is"], "{method} {path}: {body}");
        for (name, place) in step["keep"].as_object().into_iter().flatten() {
            let place = format!("/{}", place.as_str().unwrap_or_default().replace('.', "/"));
            let Some(found) = body.pointer(&place).and_then(Value::as_str) else {
                panic!("{method} {path} has no {place}: {body}")
            };
            self.kept.insert(name.clone(), found.to_owned());
        }
    }

    /// With what was kept in the place of `<name>`; an endpoint is `<kind-name>`.
    fn filled(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.filled_text(text)),
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::Object(object) => {
                object.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect()
            }
            plain => plain.clone(),
        }
    }

    fn filled_text(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, value) in &self.kept {
            filled = filled.replace(&format!("<{name}>"), value);
        }
        match filled.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(endpoint) => format!("https://{endpoint}.example.com/"),
            None => filled,
        }
    }
}
