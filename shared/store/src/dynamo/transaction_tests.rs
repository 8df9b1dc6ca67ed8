//! What `TransactWriteItems` is documented to do under a token, which the emulator does not.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::types::Put;
use environment::aws_client;
use scripted_aws::{Answer, Asked, scripted};

use super::*;
use crate::dynamo::item::key;

/// What comes of one request, before the table is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// An earlier request with the token is being worked on. (The SDK itself asks three times.)
    InProgress,
    /// What was in progress commits now; then the request is answered.
    Commits,
    /// Cancelled, since another transaction was in the way.
    Conflict,
    /// Committed, and the answer gets lost.
    Lost,
    /// Cancelled, since the condition of the second item does not hold.
    Condition,
}

/// A table that takes each transaction it has not yet committed under its token.
#[derive(Debug, Default)]
pub(crate) struct Table {
    steps: VecDeque<Step>,
    /// The tokens, in the order in which they came, without repeats one after the other.
    pub(crate) tokens: Vec<String>,
    committed: HashSet<String>,
    /// What was written, transaction by transaction.
    pub(crate) written: Vec<serde_json::Value>,
}

impl Table {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let body: serde_json::Value = serde_json::from_str(&asked.body).expect("JSON");
        let token = body["ClientRequestToken"].as_str().expect("a token").to_owned();
        if self.tokens.last() != Some(&token) {
            self.tokens.push(token.clone());
        }
        match self.steps.pop_front() {
            Some(Step::InProgress) => return Answer::refused("TransactionInProgressException", ""),
            Some(Step::Conflict) => return cancelled("TransactionConflict"),
            Some(Step::Condition) => return cancelled("ConditionalCheckFailed"),
            Some(Step::Lost) => {
                self.commit(token, body);
                return Answer::Lost;
            }
            Some(Step::Commits) => self.commit(self.tokens[0].clone(), body.clone()),
            None => {}
        }
        self.commit(token, body);
        Answer::ok("{}")
    }

    /// Under a token that it knows, DynamoDB answers what came of it and writes nothing.
    fn commit(&mut self, token: String, body: serde_json::Value) {
        if self.committed.insert(token) {
            self.written.push(body["TransactItems"].clone());
        }
    }
}

fn cancelled(code: &str) -> Answer {
    let reasons = format!(r#","CancellationReasons":[{{"Code":"None"}},{{"Code":"{code}"}}]"#);
    Answer::refused("TransactionCanceledException", &reasons)
}

/// A client of a table that goes through these steps, and then takes everything.
pub(crate) fn dynamodb(steps: &[Step]) -> (Client, Arc<Mutex<Table>>) {
    let table = Arc::new(Mutex::new(Table { steps: steps.iter().copied().collect(), ..Table::default() }));
    let shared = Arc::clone(&table);
    let config = scripted(move |asked| seen(&shared).answer(asked));
    (aws_client!(aws_sdk_dynamodb, &config), table)
}

pub(crate) fn seen(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// (whether it committed, tokens, times that it was written)
async fn outcome(steps: &[Step]) -> (Result<bool, StoreError>, usize, usize) {
    let (client, table) = dynamodb(steps);
    let put = Put::builder().table_name("Ledger").set_item(Some(key("id", "1"))).build().expect("a put");
    let items = vec![TransactWriteItem::builder().put(put).build()];
    let transacted = transact(&client, &Randomness::system(), items).await;
    let table = seen(&table);
    let committed = transacted.map(|transacted| matches!(transacted, Transacted::Committed));
    (committed, table.tokens.len(), table.written.len())
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_is_in_progress_is_asked_for_again_under_its_token_and_written_once() {
    let (committed, tokens, written) =
        outcome(&[&[Step::InProgress; 4][..], &[Step::Commits]].concat()).await;
    assert_eq!((committed.expect("an answer"), tokens, written), (true, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_was_in_progress_and_is_cancelled_is_begun_anew_under_another_token() {
    let (committed, tokens, written) =
        outcome(&[&[Step::InProgress; 4][..], &[Step::Conflict]].concat()).await;
    assert_eq!((committed.expect("an answer"), tokens, written), (true, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn each_cancelled_try_is_followed_by_one_with_a_new_token() {
    let (committed, tokens, written) = outcome(&[Step::Conflict; 3]).await;
    assert_eq!((committed.expect("an answer"), tokens, written), (true, 4, 1));
}

#[tokio::test(start_paused = true)]
async fn a_transaction_whose_answer_was_lost_is_repeated_under_its_token_and_written_once() {
    let (committed, tokens, written) = outcome(&[Step::Lost]).await;
    assert_eq!((committed.expect("an answer"), tokens, written), (true, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_fails_is_no_reason_to_try_again() {
    let (committed, tokens, written) = outcome(&[Step::Condition]).await;
    assert_eq!((committed.expect("an answer"), tokens, written), (false, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_stays_in_progress_ends_with_an_error_and_never_takes_another_token() {
    let (committed, tokens, written) = outcome(&[Step::InProgress; 500]).await;
    assert!(committed.expect_err("no answer").to_string().contains("TransactionInProgressException"));
    assert_eq!((tokens, written), (1, 0));
}

#[test]
fn a_token_is_drawn_anew_and_is_one_that_dynamodb_takes() {
    let randomness = Randomness::system();
    let token = new_token(&randomness);
    assert_ne!(token, new_token(&randomness));
    assert!((1..=36).contains(&token.len()));
    assert_eq!(new_token(&Randomness::new(|bytes| bytes.fill(7))), "BwcH".repeat(6));
}
