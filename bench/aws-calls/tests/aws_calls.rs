//! What each event costs in calls to AWS. A call that is added, or a unit, has to be added here.

use std::path::Path;

use bench::aws_stub::{AwsStub, Cost};
use bench::function::Program;
use bench::sample_account::environment;
use bench::scenarios::{
    Scenario, accepted_requests, attempts, attempts_in_own_payload, cancelled_calls, cancelled_requests,
    completions, failures_in_a_row, relayed_calls,
};

const INBOUND: &str = env!("CARGO_BIN_EXE_counted-inbound");
const FANOUT: &str = env!("CARGO_BIN_EXE_counted-fanout");
const RELAY: &str = env!("CARGO_BIN_EXE_counted-relay");
const DELIVER: &str = env!("CARGO_BIN_EXE_counted-deliver");

fn program(path: &'static str) -> impl Fn(&AwsStub) -> Program {
    move |aws| Program::new(Path::new(path), environment(&aws.url()))
}

fn written(Cost { count, reads, writes, requests }: &Cost) -> String {
    let unit = |amount: &f64, name: &str| (*amount > 0.0).then(|| format!(", {amount} {name}"));
    let units = [unit(reads, "RCU"), unit(writes, "WCU"), unit(requests, "requests")];
    format!("{count}{}", units.into_iter().flatten().collect::<String>())
}

#[track_caller]
fn assert_asked(scenarios: &[Scenario], id: &str, expected: &[(&str, &str)]) {
    let scenario = scenarios.iter().find(|scenario| scenario.id == id).expect("a scenario");
    let costs: Vec<(&str, String)> =
        scenario.seen.costs.iter().map(|(operation, cost)| (operation.as_str(), written(cost))).collect();
    let costs: Vec<(&str, &str)> =
        costs.iter().map(|(operation, cost)| (*operation, cost.as_str())).collect();
    assert_eq!(costs, expected, "{}", scenario.what);
    // And not the two long headers of the SDK.
    assert_eq!(scenario.seen.user_agents.iter().collect::<Vec<_>>(), ["webhooks/1"], "{}", scenario.what);
}

#[tokio::test]
async fn an_accepted_request_is_three_calls_the_first_to_a_slug_three_more_and_a_start_two() {
    let scenarios = accepted_requests(program(INBOUND)).await.expect("accepted");
    let accepted = [
        ("PutItem RequestLogs", "1, 1 WCU"),
        ("SendMessage call-jobs.fifo", "1, 1 requests"),
        ("TransactWriteItems Accounts+Calls+Ledger", "1, 7 WCU"),
    ];
    assert_asked(&scenarios, "request", &accepted);
    let connected =
        [("GetItem Campaigns", "1, 0.5 RCU"), ("GetQueueAttributes call-jobs.fifo", "1, 1 requests")];
    assert_asked(&scenarios, "start", &connected);
    let found = [
        ("GetItem Accounts", "1, 1 RCU"),
        ("GetItem Campaigns", "1, 0.5 RCU"),
        ("Query Webhooks.bySlug", "1, 0.5 RCU"),
    ];
    let mut first = [accepted.as_slice(), &found].concat();
    first.sort_unstable();
    assert_asked(&scenarios, "request.first", &first);
}

#[tokio::test]
async fn a_request_that_is_not_dialled_costs_three_write_units_whatever_its_size() {
    let scenarios = cancelled_requests(program(INBOUND)).await.expect("cancelled");
    let expected = [
        ("GetItem Accounts", "1, 1 RCU"),
        ("GetItem Campaigns", "1, 0.5 RCU"),
        ("PutItem Calls", "1, 2 WCU"),
        ("PutItem RequestLogs", "1, 1 WCU"),
        ("Query Webhooks.bySlug", "1, 0.5 RCU"),
    ];
    assert_asked(&scenarios, "request.no_credit", &expected);
    assert_asked(&scenarios, "request.paused", &expected);
}

#[tokio::test]
async fn a_completion_reads_its_call_and_the_webhooks_and_sends_ten_deliveries_a_call() {
    let scenarios = completions(program(FANOUT)).await.expect("completed");
    for (id, read, sent) in [
        ("completion.1", "1, 1 RCU", "1, 1 requests"),
        ("completion.10", "1, 2 RCU", "1, 1 requests"),
        ("completion.100", "1, 17 RCU", "10, 10 requests"),
        ("completion.1000", "1, 160 RCU", "100, 100 requests"),
        ("completion.history", "1, 1 RCU", "1, 1 requests"),
    ] {
        let expected = [
            ("BatchGetItem Calls", "1, 1 RCU"),
            ("Query Webhooks", read),
            ("SendMessageBatch deliveries", sent),
            ("TransactWriteItems Calls+Ledger", "1, 5 WCU"),
            ("UpdateItem Calls", "1, 1 WCU"),
        ];
        assert_asked(&scenarios, id, &expected);
    }
    let batch = [
        ("BatchGetItem Calls", "1, 10 RCU"),
        ("Query Webhooks", "1, 1 RCU"),
        ("SendMessageBatch deliveries", "1, 1 requests"),
        ("TransactWriteItems Calls+Ledger", "10, 50 WCU"),
        ("UpdateItem Calls", "10, 10 WCU"),
    ];
    assert_asked(&scenarios, "completion.batch", &batch);
}

#[tokio::test]
async fn a_flood_of_cancelled_calls_that_nobody_asks_for_is_a_look_at_the_webhooks() {
    let scenarios = cancelled_calls(program(FANOUT)).await.expect("handled");
    assert_asked(&scenarios, "cancelled.unasked", &[("Query Webhooks", "1, 2 RCU")]);
}

#[tokio::test]
async fn a_delivery_is_three_calls_and_a_failed_one_also_queues_the_next_and_notes_the_failure() {
    let scenarios = attempts(program(DELIVER)).await.expect("delivered");
    let read = ("BatchGetItem Calls+Counts+DeliveryLogs+Webhooks", "1, 4 RCU");
    let logged = ("BatchWriteItem DeliveryLogs", "1, 2 WCU");
    let noted = ("UpdateItem Webhooks", "1, 1 WCU");
    // Of a batch, one for each endpoint.
    let counted = ("UpdateItem DeliveryLogs", "1, 1 WCU");
    assert_asked(&scenarios, "delivery", &[read, logged, counted]);
    assert_asked(&scenarios, "delivery.first", &[read, logged, ("Decrypt", "2, 2 requests"), counted]);
    let batch = [
        ("BatchGetItem Calls+Counts+DeliveryLogs+Webhooks", "1, 22 RCU"),
        ("BatchWriteItem DeliveryLogs", "1, 20 WCU"),
        counted,
    ];
    assert_asked(&scenarios, "delivery.batch", &batch);
    let near = ("SendMessageBatch slow-deliveries", "1, 1 requests");
    assert_asked(&scenarios, "delivery.failed", &[read, logged, near, counted, noted]);
    let far = ("CreateSchedule", "1, 1 requests");
    assert_asked(&scenarios, "delivery.failed_late", &[read, logged, far, counted, noted]);
}

#[tokio::test]
async fn an_endpoints_own_payload_is_read_once_for_each_document() {
    let scenarios = attempts_in_own_payload(program(DELIVER)).await.expect("delivered");
    let read = ("BatchGetItem Calls+Counts+DeliveryLogs+Webhooks", "1, 4 RCU");
    let document = ("BatchGetItem Webhooks", "1, 1 RCU");
    let logged = ("BatchWriteItem DeliveryLogs", "1, 2 WCU");
    let counted = ("UpdateItem DeliveryLogs", "1, 1 WCU");
    let opened = ("Decrypt", "2, 2 requests");
    assert_asked(&scenarios, "delivery.own_payload.first", &[read, document, logged, opened, counted]);
    assert_asked(&scenarios, "delivery.own_payload", &[read, logged, counted]);
}

#[tokio::test]
async fn where_somebody_asks_the_third_failure_of_an_endpoint_is_noted_and_told_and_so_is_its_recovery() {
    let scenarios = failures_in_a_row(program(DELIVER)).await.expect("attempted");
    let read = ("BatchGetItem Calls+Counts+DeliveryLogs+Webhooks", "1, 4 RCU");
    let (logged, opened) = (("BatchWriteItem DeliveryLogs", "1, 2 WCU"), ("Decrypt", "2, 2 requests"));
    let told = ("SendMessageBatch account-events", "1, 1 requests");
    let next = ("SendMessageBatch slow-deliveries", "1, 1 requests");
    let (counted, noted) = (("UpdateItem DeliveryLogs", "1, 1 WCU"), ("UpdateItem Webhooks", "1, 1 WCU"));
    // Where nobody does, nothing is counted and nothing said.
    assert_asked(&scenarios, "endpoint.unwatched_failure", &[read, logged, opened, next, counted]);
    assert_asked(&scenarios, "endpoint.unwatched_success", &[read, logged, opened, counted, noted]);
    // Noted as the third failure, and as told.
    let noted_twice = ("UpdateItem Webhooks", "2, 2 WCU");
    let third = [read, logged, opened, told, next, counted, noted_twice];
    assert_asked(&scenarios, "endpoint.second_failure", &[read, logged, opened, next, counted, noted]);
    assert_asked(&scenarios, "endpoint.third_failure", &third);
    assert_asked(&scenarios, "endpoint.fourth_failure", &[read, logged, opened, next, counted]);
    assert_asked(&scenarios, "endpoint.recovered", &[read, logged, opened, told, counted, noted]);
}

#[tokio::test]
async fn a_batch_of_new_calls_is_two_reads_and_a_message_with_ten_jobs_and_one_more_for_the_cancelled() {
    let scenarios = relayed_calls(program(RELAY)).await.expect("relayed");
    let jobs = ("SendMessageBatch call-jobs.fifo", "1, 1 requests");
    let told = ("SendMessageBatch account-events", "1, 1 requests");
    assert_asked(
        &scenarios,
        "relay",
        &[("BatchGetItem Calls", "1, 10 RCU"), ("BatchGetItem Campaigns", "1, 1 RCU"), jobs],
    );
    let (asked, campaigns) = (("BatchGetItem Counts", "1, 1 RCU"), ("BatchGetItem Campaigns", "1, 1 RCU"));
    let some = [("BatchGetItem Calls", "1, 10 RCU"), campaigns, asked, told, jobs];
    assert_asked(&scenarios, "relay.some_cancelled", &some);
    let all = ("BatchGetItem Calls", "1, 100 RCU");
    assert_asked(&scenarios, "relay.all_cancelled", &[all, asked, told]);
    assert_asked(&scenarios, "relay.unasked", &[all, asked]);
}
