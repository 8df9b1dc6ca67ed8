//! What an event makes a function ask of AWS: for the table, and for the test that nothing was added.

use crate::Outcome;
use crate::aws_stub::{AwsStub, Seen};
use crate::events::{
    self, call_ids, committed, deliveries, deliveries_of_attempt, from_the_slow_lane, large_request, request,
};
use crate::function::Program;
use crate::receiver::Receivers;
use crate::sample_account::SampleAccount;

/// One event, and the calls to AWS that its handling took.
#[derive(Debug)]
pub struct Scenario {
    /// Names it, for ever.
    pub id: &'static str,
    /// In words.
    pub what: &'static str,
    /// The calls.
    pub seen: Seen,
}

/// An accepted request: the first one to a slug, and one after it. Before both, the start of an environment.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn accepted_requests(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let sample = SampleAccount::new([])?;
    let aws = AwsStub::start(sample.with_queued_calls()).await?;
    let mut function = program(&aws).start().await?;
    function.ready().await?;
    let mut scenarios =
        vec![Scenario { id: "start", what: "start of an environment of inbound", seen: aws.take_seen() }];
    for (id, what) in [("request.first", "first request to a slug"), ("request", "accepted request")] {
        function.invoke(&request(&sample)).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    Ok(scenarios)
}

/// Requests with the largest body that are not dialled: of an account without credits, and to a paused campaign.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn cancelled_requests(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    let sample = SampleAccount::new([])?;
    for (id, what, tables) in [
        ("request.no_credit", "request of 61 KB without a credit", sample.without_credits()),
        ("request.paused", "request of 61 KB to a paused campaign", sample.with_paused_campaign()),
    ] {
        let aws = AwsStub::start(tables).await?;
        let mut function = program(&aws).start().await?;
        function.ready().await?;
        let _started = aws.take_seen();
        function.invoke(&large_request(&sample)).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    Ok(scenarios)
}

/// The completion of a queued call, for accounts with more and more endpoints, for one with a history, and of ten
/// at once.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn completions(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    for (id, what, endpoints, history, size) in [
        ("completion.1", "completion, one endpoint", 1, 0, 1),
        ("completion.10", "completion, 10 endpoints", 10, 0, 1),
        ("completion.100", "completion, 100 endpoints", 100, 0, 1),
        ("completion.1000", "completion, 1,000 endpoints", 1_000, 0, 1),
        ("completion.history", "completion, one endpoint, after 10,000 calls", 1, 10_000, 1),
        ("completion.batch", "batch of ten completions of one account, one endpoint", 1, 0, 10),
    ] {
        let sample = SampleAccount::new(endpoint_urls(endpoints))?;
        let aws = AwsStub::start(sample.with_history(history)).await?;
        program(&aws).start().await?.invoke(&events::completions(&sample, size)?).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    Ok(scenarios)
}

/// Calls that were cancelled, of an account whose webhooks do not ask for them.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn cancelled_calls(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let sample = SampleAccount::new(endpoint_urls(10))?;
    let aws = AwsStub::start(sample.with_history(0)).await?;
    program(&aws).start().await?.invoke(&events::cancelled_calls(&sample, 100)).await?;
    let what = "100 cancelled calls, 10 endpoints that do not ask for them";
    Ok(vec![Scenario { id: "cancelled.unasked", what, seen: aws.take_seen() }])
}

/// URLs of as many endpoints.
pub fn endpoint_urls(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("https://example.com/hooks/{n}"))
}

/// Deliveries: an endpoint's first, one after it, and such as fail.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn attempts(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    let receivers = Receivers::start(1, None).await?;
    let sample = SampleAccount::new(receivers.urls())?;
    let aws = AwsStub::start(sample.with_finished_calls()?).await?;
    let mut function = program(&aws).start().await?;
    for (id, what, size) in [
        ("delivery.first", "first delivery to an endpoint", 1),
        ("delivery", "delivery", 1),
        ("delivery.batch", "batch of ten deliveries, each of another call", 10),
    ] {
        function.invoke(&deliveries(&sample, size)?.0).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    receivers.answer_with(500);
    for (id, what, attempt) in [
        ("delivery.failed", "first attempt, failed", 1),
        ("delivery.failed_late", "fourth attempt, failed", 4),
    ] {
        function.invoke(&deliveries_of_attempt(&sample, 1, attempt)?.0).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    Ok(scenarios)
}

/// Attempts at an endpoint that has failed so often in a row: what is noted about it, and what is told where any webhook asks for
/// that. Each is the first of an environment, which opens what is sealed; it would tell nothing for a second time.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn failures_in_a_row(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    for (id, what, failures, status) in [
        ("endpoint.unwatched_failure", "failure of an endpoint that has failed before; nobody asks", 0, 500),
        ("endpoint.unwatched_success", "success of an endpoint that has failed; nobody asks", 0, 200),
        ("endpoint.second_failure", "second failure of an endpoint in a row", 1, 500),
        ("endpoint.third_failure", "third failure of an endpoint in a row", 2, 500),
        ("endpoint.fourth_failure", "fourth failure of an endpoint in a row", 4, 500),
        ("endpoint.recovered", "success of an endpoint that was told to fail", 4, 200),
    ] {
        let receivers = Receivers::start(1, None).await?;
        receivers.answer_with(status);
        let sample = SampleAccount::new(receivers.urls())?.with_failures(failures);
        let sample = if failures == 0 { sample } else { sample.asking_for_events() };
        let aws = AwsStub::start(sample.with_finished_calls()?).await?;
        program(&aws).start().await?.invoke(&from_the_slow_lane(&deliveries(&sample, 1)?.0)?).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    Ok(scenarios)
}

/// Batches of new calls: of such as wait for the dialer, and such as were cancelled.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn relayed_calls(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    let (unasked, asked) = (SampleAccount::new([])?, SampleAccount::new([])?.asking_for_events());
    for (id, what, sample, (queued, cancelled)) in [
        ("relay", "batch of ten new calls", &unasked, (10, 0)),
        ("relay.some_cancelled", "batch of ten new calls, five of them cancelled", &asked, (5, 5)),
        ("relay.all_cancelled", "batch of 100 new calls of one account, all cancelled", &asked, (0, 100)),
        ("relay.unasked", "the same; nobody asks for cancelled calls", &unasked, (0, 100)),
    ] {
        let ids = call_ids(queued + cancelled);
        let aws = AwsStub::start(sample.with_cancelled_calls(&ids[queued..])).await?;
        program(&aws).start().await?.invoke(&committed(&ids)?).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    Ok(scenarios)
}

/// Deliveries in a payload of the endpoint's own: the first of an environment, and one after it.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn attempts_in_own_payload(program: impl Fn(&AwsStub) -> Program) -> Outcome<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    let receivers = Receivers::start(1, None).await?;
    let sample = SampleAccount::new(receivers.urls())?.with_own_payload();
    let aws = AwsStub::start(sample.with_finished_calls()?).await?;
    let mut function = program(&aws).start().await?;
    for (id, what) in [
        ("delivery.own_payload.first", "first delivery in an endpoint's own payload"),
        ("delivery.own_payload", "delivery in an endpoint's own payload"),
    ] {
        function.invoke(&deliveries(&sample, 1)?.0).await?;
        scenarios.push(Scenario { id, what, seen: aws.take_seen() });
    }
    Ok(scenarios)
}
