use std::error::Error;
use std::fmt::Write as _;
use std::io;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// The headers in which AWS's services name a request.
const REQUEST_IDS: [&str; 2] = ["x-amzn-requestid", "x-amz-request-id"];

/// What went wrong with a call to AWS, for errors and for the log: the service's code and message, and the id under which AWS
/// knows the request.
///
/// The SDK's own words do not do, neither `Debug` nor the chain of its sources: an answer that it cannot read is printed
/// whole, and answers hold personal data.
pub fn describe_aws_error<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    let mut said = match error {
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => not_reached(failure),
        SdkError::ServiceError(service) => refusal(service.err()),
        _ => "an answer that cannot be read".to_owned(),
    };
    if let Some(answer) = error.raw_response() {
        let id = REQUEST_IDS.iter().find_map(|name| answer.headers().get(*name)).unwrap_or("unknown");
        // Writing to a String does not fail.
        let _ = write!(said, " (status {}, request id {id})", answer.status().as_u16());
    }
    said
}

fn refusal(error: &impl ProvideErrorMetadata) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        // Without a code, nothing says that the message is the service's.
        (None, _) => "an error that cannot be read".to_owned(),
    }
}

/// The kind of the failure only: of the chain below it nobody promises what it prints.
fn not_reached(failure: &DispatchFailure) -> String {
    let mut cause: Option<&(dyn Error + 'static)> =
        failure.as_connector_error().map(|error| error as &(dyn Error + 'static));
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return format!("not reached: {}", io.kind());
        }
        cause = error.source();
    }
    format!("not reached: {}", if failure.is_timeout() { "timed out" } else { "no connection" })
}
