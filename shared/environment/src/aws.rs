use std::time::Duration;

use aws_config::environment::credentials::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::{InvalidVariable, required_var};

/// One try of a call to AWS. DynamoDB, SQS and KMS answer in milliseconds; what takes longer than this is lost.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);

/// A call to AWS with all its tries: below API Gateway's patience with `inbound`, with room for a second call.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(6);

/// The HTTP client by which AWS is called, for all of the SDK's clients together, so that the certificate authorities are read
/// once. It knows no proxy.
#[must_use]
pub fn https_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https()
}

/// The SDK's configuration, from the environment alone: on Lambda region and credentials are there, and nothing else is
/// searched for. (`aws_config::load_from_env` would: it brings profiles, STS, and the clients of two metadata services into
/// the binary, a tenth of it.)
///
/// `ENDPOINT_URL`, or `AWS_ENDPOINT_URL`, leads to an emulator instead of AWS. The former can be declared by the template and
/// left empty, as `sam local` needs it to be.
///
/// # Errors
///
/// [`InvalidVariable`] when there is no `AWS_REGION`.
pub fn aws_config(http_client: SharedHttpClient) -> Result<SdkConfig, InvalidVariable> {
    let endpoint = ["ENDPOINT_URL", "AWS_ENDPOINT_URL"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|url| !url.is_empty());
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT);
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client)
        .region(Region::new(required_var("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        // It watches over long bodies, with a timer each. Ours are short, and the timeouts below hold for them, too.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts.build());
    config.set_endpoint_url(endpoint);
    Ok(config.build())
}
