use std::time::Duration;

use aws_config::environment::credentials::EnvironmentVariableCredentialsProvider;
use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

/// One try of a call to AWS. DynamoDB, SQS and KMS answer in milliseconds; what takes longer than this is lost.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);

/// A call to AWS with all its tries: below API Gateway's patience with `inbound`, with room for a second call.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(6);

/// The SDK's configuration, from the environment alone: on Lambda region and credentials are there, and nothing else is
/// searched for.
///
/// `ENDPOINT_URL` leads to an emulator instead of AWS. It stands in for the SDK's own `AWS_ENDPOINT_URL`, which `sam local`
/// can hand to a function only when the template declares it, and which must not be declared empty: the SDK panics on it.
pub async fn aws_config() -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(url) = std::env::var("ENDPOINT_URL").ok().filter(|url| !url.is_empty()) {
        loader = loader.endpoint_url(url);
    }
    loader
        .region(EnvironmentVariableRegionProvider::new())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        // It watches over long bodies, with a timer each. Ours are short, and the timeouts below hold for them, too.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(1))
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build(),
        )
        .load()
        .await
}
