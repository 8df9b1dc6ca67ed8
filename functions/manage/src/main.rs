//! The Lambda function behind the management API.

use std::sync::Arc;

use addresses::{EndpointPolicy, TrustedNetworks};
use environment::{aws_client, aws_config, parsed_var, required_var, start_log};
use lambda_http::{Error, service_fn};
use manage::Manage;
use queues::Deliveries;
use store::{Access, Management};
use vault::Vault;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config()?;
    let dynamodb = aws_client!(aws_sdk_dynamodb, &config);
    let manage = Arc::new(Manage {
        access: Access::from_environment(dynamodb.clone())?,
        store: Management::from_environment(dynamodb)?,
        vault: Vault::new(aws_client!(aws_sdk_kms, &config), required_var("SECRETS_KEY_ID")?),
        endpoints: EndpointPolicy::new(parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?),
        deliveries: Deliveries::new(aws_client!(aws_sdk_sqs, &config), required_var("DELIVERIES_QUEUE_URL")?),
        public_url: required_var("PUBLIC_URL")?,
    });
    lambda_http::run(service_fn(move |request| {
        let manage = Arc::clone(&manage);
        async move { Ok::<_, Error>(manage.handle(request).await) }
    }))
    .await
}
