//! The Lambda function behind the inbound webhooks' URLs.

use std::sync::Arc;

use domain::{Clock, CountryCode, Randomness};
use environment::{aws_client, aws_config, https_client, parsed_var, required_var, start_log};
use inbound::{Inbound, Targets};
use lambda_http::Error;
use mimalloc::MiMalloc;
use queues::CallJobs;
use store::{Access, Intake};

/// With glibc's, what the SDK allocates takes a fifth more CPU time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config(https_client())?;
    let (clock, randomness) = (Clock::system(), Randomness::system());
    let dynamodb = aws_client!(aws_sdk_dynamodb, &config);
    let access = Access::from_environment(dynamodb.clone())?;
    let intake = Intake::from_environment(dynamodb, randomness.clone())?;
    let call_jobs = CallJobs::new(aws_client!(aws_sdk_sqs, &config), required_var("CALL_JOBS_QUEUE_URL")?);
    let country = parsed_var("DEFAULT_COUNTRY_CODE", CountryCode::parse)?;
    let targets = Targets::new(intake.clone(), clock.clone());
    let inbound = Arc::new(Inbound { access, targets, intake, call_jobs, country, clock, randomness });
    inbound.connect().await;
    gateway::run(move |request| {
        let inbound = Arc::clone(&inbound);
        async move { inbound.handle(request).await }
    })
    .await
}
