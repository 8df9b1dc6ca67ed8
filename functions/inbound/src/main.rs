//! The Lambda function behind the inbound webhooks' URLs.

use std::sync::Arc;

use domain::CountryCode;
use environment::{aws_client, aws_config, parsed_var, required_var, start_log};
use inbound::{Inbound, Targets};
use lambda_http::{Error, service_fn};
use queues::CallJobs;
use store::Intake;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config()?;
    let intake = Intake::from_environment(aws_client!(aws_sdk_dynamodb, &config))?;
    let call_jobs = CallJobs::new(aws_client!(aws_sdk_sqs, &config), required_var("CALL_JOBS_QUEUE_URL")?);
    let country = parsed_var("DEFAULT_COUNTRY_CODE", CountryCode::parse)?;
    let inbound = Arc::new(Inbound { targets: Targets::new(intake.clone()), intake, call_jobs, country });
    inbound.connect().await;
    lambda_http::run(service_fn(move |request| {
        let inbound = Arc::clone(&inbound);
        async move { Ok::<_, Error>(inbound.handle(request).await) }
    }))
    .await
}
