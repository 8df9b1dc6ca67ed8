//! The documented sample, sent through the code that makes deliveries.

use api::{Answer, Code, Fields, Problem, Reply};
use delivery::{AttemptResult, Destination, attempt};
use domain::{
    AccountId, BudgetLimit, DeliveryId, DeliveryMethod, Endpoint, Outcome, Payload, Webhook, WebhookId,
    sample_call, sample_transcript,
};
use payloads::{Body, GET_HAS_NO_BODY, InvalidTemplate, MAX_DOCUMENT, Template};
use serde_json::{Value, json};
use store::{Place, Taken};

use crate::tester::{Asked, Tester};

/// Tests a saved webhook: an outbound one, or the response webhook of an inbound one. It may be disabled: a test is how its
/// owner finds out whether to enable it again.
pub(crate) async fn test_saved(tester: &Tester, asked: &Asked<'_>) -> Answer {
    let id: WebhookId = asked.id("webhookId")?;
    Fields::parse_optional(asked.request.body(), &[])?;
    let webhook = tester.tests.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    let endpoint = webhook.endpoint().ok_or_else(Problem::no_response_webhook)?;
    let delivery = DeliveryId::new(tester.clock.now(), &tester.randomness);
    let place = take_a_place(tester, &asked.caller, &delivery).await?;
    let answer = send_to_saved(tester, &webhook, endpoint, &delivery).await;
    // Otherwise its row in the log has given the place back.
    if answer.is_err() {
        tester.budgets.give_back(place).await;
    }
    answer
}

async fn send_to_saved(
    tester: &Tester,
    webhook: &Webhook,
    endpoint: &Endpoint,
    delivery: &DeliveryId,
) -> Answer {
    let now = tester.clock.now();
    let own = tester.tests.payload(webhook).await?;
    let attempted = match own.map(|own| Template::parse(&own.document.to_value())).transpose() {
        Err(why) => AttemptResult::no_payload(now, &why),
        Ok(template) => match Destination::open(&tester.vault, webhook, endpoint, now).await {
            Ok(destination) => send_sample(tester, &destination, delivery, template.as_ref()).await?,
            Err(error) if error.is_permanent() => AttemptResult::undecryptable(now),
            Err(error) => return Err(error.into()),
        },
    };
    let view = view(&attempted);
    let mut record = attempted.into_record(delivery.clone(), webhook.id.clone(), None, 1, None);
    record.test = true;
    tester.tests.log_attempt(&record).await?;
    Ok(Reply::Ok(view))
}

/// Tests an endpoint that is not saved yet.
pub(crate) async fn test_unsaved(tester: &Tester, asked: &Asked<'_>) -> Answer {
    let mut fields = Fields::parse(asked.request.body(), &["url", "method", "headers", "payload"])?;
    let url = fields.target_url("url", |url| tester.endpoints.admit(url))?;
    let url = url.ok_or_else(|| Problem::missing_field("url"))?;
    let method = fields.choice("method", &DeliveryMethod::BY_NAME)?.unwrap_or(DeliveryMethod::Post);
    let template = template(&mut fields, method)?;
    let destination = Destination::unsaved(url, method, fields.headers("headers")?);
    let delivery = DeliveryId::new(tester.clock.now(), &tester.randomness);
    let place = take_a_place(tester, &asked.caller, &delivery).await?;
    let attempted = send_sample(tester, &destination, &delivery, template.as_ref()).await;
    tester.budgets.give_back(place).await;
    let attempted = attempted?;
    say(&asked.caller, &delivery, &attempted);
    Ok(Reply::Ok(view(&attempted)))
}

/// The payload of an endpoint that is not saved yet, as it would be saved.
fn template(fields: &mut Fields, method: DeliveryMethod) -> Result<Option<Template>, Problem> {
    let Some(document) = fields.opaque_object("payload", MAX_DOCUMENT)? else { return Ok(None) };
    if method == DeliveryMethod::Get {
        return Err(Problem::invalid_field("payload", GET_HAS_NO_BODY));
    }
    let refused = |error: InvalidTemplate| Problem::invalid_field(error.within("payload"), error.reason);
    Template::for_saving(&document.to_value()).map(Some).map_err(refused)
}

/// The place of a test, when the account may make another one now. Each holds an invocation for as long as an endpoint likes,
/// twelve seconds at most, and is a request at anybody's URL.
async fn take_a_place<'a>(
    tester: &Tester,
    account: &'a AccountId,
    delivery: &DeliveryId,
) -> Result<Taken<'a>, Problem> {
    match tester.budgets.take(account, &BudgetLimit::TESTS, delivery.as_str()).await? {
        Place::Taken(taken) => Ok(taken),
        Place::NoneFor(wait) => {
            let message = "an account makes at most 3 tests at once and 30 a minute; try again later";
            Err(Problem::too_many(Code::TooManyTests, message, wait))
        }
    }
}

/// A test of what is not saved has no log that its owner could read; the operator can. It names no URL, which may be a secret.
fn say(account: &AccountId, delivery: &DeliveryId, attempted: &AttemptResult) {
    tracing::info!(
        account.id = %account,
        delivery.id = %delivery,
        outcome = attempted.outcome.as_str(),
        status_code = attempted.status_code,
        error = attempted.error.as_ref().map(|error| error.code.as_str()),
        duration_ms = u64::try_from(attempted.duration.as_millis()).unwrap_or(u64::MAX),
        "account {account} has tested an endpoint that is not saved: {}",
        attempted.outcome.as_str(),
    );
}

async fn send_sample(
    tester: &Tester,
    destination: &Destination,
    delivery: &DeliveryId,
    template: Option<&Template>,
) -> Result<AttemptResult, Problem> {
    let call = sample_call();
    let transcript = serde_json::value::to_raw_value(&sample_transcript())?;
    let payload = Payload::of_test(&call, &transcript);
    Ok(attempt(&tester.sender, destination, delivery, Body::of(&payload, template), &tester.clock).await?)
}

fn view(attempted: &AttemptResult) -> Value {
    json!({
        "success": attempted.outcome == Outcome::Succeeded,
        "statusCode": attempted.status_code,
        "error": attempted.error,
        "responseBody": attempted.response_body,
        "note": attempted.note,
        "durationMs": u64::try_from(attempted.duration.as_millis()).unwrap_or(u64::MAX),
    })
}
