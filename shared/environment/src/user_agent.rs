use aws_runtime::user_agent::UserAgentInterceptor;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, disable_interceptor};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Names the product to AWS, as CloudTrail shows it.
///
/// The SDK would describe itself, its features and its platform at length in two headers, one of them signed, and put both
/// together anew for every request: a fourteenth of the CPU time that an accepted request takes.
#[derive(Debug)]
pub struct UserAgent;

impl Intercept for UserAgent {
    fn name(&self) -> &'static str {
        "UserAgent"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config
            .interceptor_state()
            .store_put(disable_interceptor::<UserAgentInterceptor>("UserAgent says it in two words"));
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        request: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        request.request_mut().headers_mut().try_insert("user-agent", "webhooks/1")?;
        Ok(())
    }
}

/// A client of the service with this SDK crate, from what [`aws_config`](crate::aws_config) answers:
/// `aws_client!(aws_sdk_sqs, &config)`. A macro, since the crates' types have no trait in common.
#[macro_export]
macro_rules! aws_client {
    ($sdk:ident, $config:expr) => {
        $sdk::Client::from_conf($sdk::config::Builder::from($config).interceptor($crate::UserAgent).build())
    };
}
