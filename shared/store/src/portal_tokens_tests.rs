use std::sync::{Arc, Mutex, PoisonError};

use domain::ApiKey;
use environment::aws_client;
use scripted_aws::{Answer, Asked, scripted};
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_730_179_200);

fn tokens(script: impl FnMut(&Asked) -> Answer + Send + 'static) -> PortalTokens {
    PortalTokens {
        client: aws_client!(aws_sdk_dynamodb, &scripted(script)),
        randomness: Randomness::system(),
        table: "PortalTokens".into(),
    }
}

fn new_link() -> PortalToken {
    let (account, randomness) = (AccountId::parse("acc_1").expect("an id"), Randomness::system());
    PortalToken::generate(PortalTokenKind::Link, &account, NOW, &randomness)
}

/// The row of a token that is good until a minute from now.
fn row_of(token: &PortalToken, kind: &str) -> String {
    let until = NOW.plus(Duration::from_secs(60)).as_millis().to_string();
    let row = json!({"Item": {
        "accountId": {"S": token.account().as_str()}, "id": {"S": token.id().as_str()}, "kind": {"S": kind},
        "role": {"S": "viewer"}, "hash": {"S": token.hash()}, "goodUntil": {"N": until},
        "sessionEndsAt": {"N": until}, "expiresAt": {"N": "1"},
    }});
    row.to_string()
}

#[tokio::test]
async fn a_token_is_good_by_the_clock_and_for_what_it_was_made_for() {
    let link = new_link();
    for (kind, seconds, good) in [("link", 59, true), ("link", 60, false), ("session", 59, false)] {
        let row = row_of(&link, kind);
        let tokens = tokens(move |_| Answer::ok(row.clone()));
        let then = NOW.plus(Duration::from_secs(seconds));
        let found = find(&tokens.client, &tokens.table, &link, then).await.expect("an answer");
        assert_eq!(found.is_some(), good, "{kind} after {seconds} s");
    }
}

#[tokio::test]
async fn a_session_is_stored_without_its_token() {
    let stored = Arc::<Mutex<String>>::default();
    let written = Arc::clone(&stored);
    let tokens = tokens(move |asked| {
        written.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&asked.body);
        Answer::ok("{}")
    });
    let account = AccountId::parse("acc_1").expect("an id");
    let made = tokens
        .make(PortalTokenKind::Session, &account, Role::Editor, NOW, Duration::from_secs(60))
        .await
        .expect("made");
    let stored = stored.lock().unwrap_or_else(PoisonError::into_inner);
    let secret = made.token.expose().splitn(4, '_').last().expect("a secret");
    assert!(stored.contains(&made.token.hash()) && !stored.contains(secret));
    assert!(ApiKey::parse(made.token.expose()).is_err());
}

/// Loses every answer to a transaction. Whether it was committed, and so the session is there, is up to `committed`.
async fn use_a_link_and_lose_the_answer(committed: bool) -> Result<Option<NewPortalToken>, StoreError> {
    let link = new_link();
    let (row, id) = (row_of(&link, "link"), link.id().to_string());
    let tokens = tokens(move |asked| match asked.operation.as_str() {
        "GetItem" if asked.body.contains(&id) || committed => Answer::ok(row.clone()),
        "GetItem" => Answer::ok("{}"),
        _ => Answer::Lost,
    });
    tokens.use_link(&link, NOW).await
}

#[tokio::test(start_paused = true)]
async fn a_link_whose_use_commits_without_an_answer_has_led_to_its_session() {
    assert!(use_a_link_and_lose_the_answer(true).await.expect("used").is_some());
    assert!(use_a_link_and_lose_the_answer(false).await.is_err());
}

#[tokio::test]
async fn sessions_are_ended_until_none_is_found_whatever_a_round_leaves() {
    let mut rounds = vec![vec![], vec!["ptk_2"], vec!["ptk_1", "ptk_2"]];
    let deletes = Arc::<Mutex<Vec<usize>>>::default();
    let deleted = Arc::clone(&deletes);
    let tokens = tokens(move |asked| {
        if asked.operation == "Query" {
            let item = |id| json!({"accountId": {"S": "acc_1"}, "id": {"S": id}});
            let found: Vec<Value> = rounds.pop().unwrap_or_default().into_iter().map(item).collect();
            return Answer::ok(json!({"Items": found, "Count": found.len()}).to_string());
        }
        let body: Value = serde_json::from_str(&asked.body).expect("JSON");
        let requests = body["RequestItems"]["PortalTokens"].as_array().expect("requests").len();
        deleted.lock().unwrap_or_else(PoisonError::into_inner).push(requests);
        Answer::ok(json!({"UnprocessedItems": {}}).to_string())
    });
    tokens.end_all(&AccountId::parse("acc_1").expect("an id")).await.expect("ended");
    assert_eq!(*deletes.lock().unwrap_or_else(PoisonError::into_inner), [2, 1]);
}
