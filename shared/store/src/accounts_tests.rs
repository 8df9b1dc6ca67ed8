use std::sync::{Arc, Mutex, PoisonError};

use environment::aws_client;
use scripted_aws::{Answer, Asked, scripted};
use serde_json::Value;

use super::*;

fn now() -> Timestamp {
    Timestamp::from_millis(1_730_179_200_000)
}

fn accounts(script: impl FnMut(&Asked) -> Answer + Send + 'static) -> Accounts {
    Accounts {
        client: aws_client!(aws_sdk_dynamodb, &scripted(script)),
        randomness: Randomness::system(),
        accounts: "Accounts".into(),
        api_keys: "ApiKeys".into(),
        ledger: "Ledger".into(),
    }
}

/// Loses every answer to a transaction. Whether the transactions were committed, and so their lines are in the ledger, is up to
/// `committed`.
fn losing_answers(committed: bool) -> Accounts {
    accounts(move |asked| match (asked.operation.as_str(), committed) {
        ("GetItem", true) => Answer::ok(r#"{"Item":{"id":{"S":"led_1"}}}"#),
        ("GetItem", false) => Answer::ok("{}"),
        _ => Answer::Lost,
    })
}

fn new_account() -> (Account, ApiKey) {
    let randomness = Randomness::system();
    let account = Account {
        id: AccountId::new(now(), &randomness),
        name: "Acme".into(),
        credits: 7,
        limits: AccountLimits::default(),
        created_at: now(),
    };
    (account, ApiKey::generate(now(), &randomness))
}

#[tokio::test(start_paused = true)]
async fn credits_whose_transaction_commits_without_an_answer_are_not_to_be_added_again() {
    let (account, _) = new_account();
    assert!(losing_answers(true).add_credits(&account.id, 5, now()).await.expect("added"));
    assert!(losing_answers(false).add_credits(&account.id, 5, now()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_account_whose_transaction_commits_without_an_answer_keeps_its_key() {
    let (account, api_key) = new_account();
    losing_answers(true).create_account(&account, &api_key).await.expect("made");
    assert!(losing_answers(false).create_account(&account, &api_key).await.is_err());
}

#[tokio::test]
async fn a_line_of_the_ledger_is_written_on_the_condition_that_it_is_new() {
    let bodies = Arc::<Mutex<Vec<Value>>>::default();
    let written = Arc::clone(&bodies);
    let accounts = accounts(move |asked| {
        let body = serde_json::from_str(&asked.body).expect("JSON");
        written.lock().unwrap_or_else(PoisonError::into_inner).push(body);
        Answer::ok("{}")
    });
    let (account, api_key) = new_account();
    accounts.create_account(&account, &api_key).await.expect("made");
    accounts.add_credits(&account.id, 5, now()).await.expect("added");
    let bodies = bodies.lock().unwrap_or_else(PoisonError::into_inner);
    let items = bodies.iter().flat_map(|body| body["TransactItems"].as_array().expect("items"));
    let conditions: Vec<&Value> = items
        .filter(|item| item["Put"]["TableName"] == "Ledger")
        .map(|item| &item["Put"]["ConditionExpression"])
        .collect();
    assert_eq!(conditions, ["attribute_not_exists(id)"; 2]);
}

#[tokio::test]
async fn a_limit_that_is_set_leaves_the_others_to_whoever_sets_them() {
    let (account, _) = new_account();
    let item = serde_json::json!({"Attributes": {
        "id": {"S": account.id}, "name": {"S": "Acme"}, "credits": {"N": "7"}, "createdAt": {"N": "1"},
        "limits": {"M": {"inboundWebhooks": {"N": "9"}, "campaigns": {"N": "3"}}}
    }});
    let bodies = Arc::<Mutex<Vec<Value>>>::default();
    let written = Arc::clone(&bodies);
    let accounts = accounts(move |asked| {
        let body = serde_json::from_str(&asked.body).expect("JSON");
        written.lock().unwrap_or_else(PoisonError::into_inner).push(body);
        Answer::ok(item.to_string())
    });
    let changes = [(Limited::Campaign, Some(3)), (Limited::OutboundWebhook, None)];
    let changed = accounts.set_limits(&account.id, &changes).await.expect("set").expect("an account");
    let told = AccountLimits { inbound_webhooks: Some(9), campaigns: Some(3), outbound_webhooks: None };
    assert_eq!(changed.limits, told);
    let bodies = bodies.lock().unwrap_or_else(PoisonError::into_inner);
    let expressions: Vec<&Value> = bodies.iter().map(|body| &body["UpdateExpression"]).collect();
    assert_eq!(expressions, ["SET limits.campaigns = :campaigns REMOVE limits.outboundWebhooks"]);
}
