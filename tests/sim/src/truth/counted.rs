//! What is counted of an account, and what there is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Tables, number, text};

const EVENTS: [&str; 3] = ["call.cancelled", "webhook.disabled", "webhook.failing"];

/// How many webhooks and campaigns an account has, and how many of the webhooks ask for which event, is what is counted.
pub(super) fn counts_are_what_there_is(
    tables: &Tables,
    counts: &[Value],
    campaigns: &[Value],
    wrong: &mut Vec<String>,
) {
    let mut there: BTreeMap<(String, &str), i64> = BTreeMap::new();
    let mut add = |item: &Value, name| *there.entry((text(item, "accountId"), name)).or_default() += 1;
    for webhook in &tables.webhooks {
        match text(webhook, "direction").as_str() {
            "inbound" => add(webhook, "inboundWebhooks"),
            "outbound" => add(webhook, "outboundWebhooks"),
            // What lies apart from a webhook.
            _ => continue,
        }
        let asked = webhook["events"]["L"].as_array().into_iter().flatten();
        for event in asked.filter_map(|event| event["S"].as_str()) {
            if let Some(event) = EVENTS.iter().find(|one| **one == event) {
                add(webhook, event);
            }
        }
    }
    for campaign in campaigns {
        add(campaign, "campaigns");
    }
    let accounts: BTreeSet<String> =
        tables.webhooks.iter().chain(campaigns).map(|item| text(item, "accountId")).collect();
    for account in accounts.into_iter().filter(|id| !id.contains('#')) {
        let Some(counted) = counts.iter().find(|item| text(item, "accountId") == account) else {
            wrong.push(format!("nothing is counted of {account}"));
            continue;
        };
        for name in ["inboundWebhooks", "outboundWebhooks", "campaigns"].iter().chain(&EVENTS) {
            let there = there.get(&(account.clone(), *name)).copied().unwrap_or_default();
            let counted = number(counted, name);
            if there != counted {
                wrong.push(format!("{account} has {there} {name}, and {counted} are counted"));
            }
        }
    }
}
