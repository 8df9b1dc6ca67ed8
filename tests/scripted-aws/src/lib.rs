//! AWS as a test scripts it: the HTTP client of the SDK answers by itself, as AWS's documentation says, where the emulator
//! does not.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;

/// The id under which AWS says that it has answered a request.
pub const REQUEST_ID: &str = "REQUEST-ID-1";

/// One request to AWS.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What follows the last dot of `x-amz-target`: the operation, or nothing for APIs whose path tells it.
    pub operation: String,
    /// The path.
    pub path: String,
    /// The body.
    pub body: String,
}

/// What comes of a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A status and a body.
    Status(u16, String),
    /// The connection breaks before the answer is there.
    Lost,
}

impl Answer {
    /// `200` with this body.
    pub fn ok(body: impl Into<String>) -> Self {
        Self::Status(200, body.into())
    }

    /// `400` with an error as the JSON protocols write it.
    #[must_use]
    pub fn refused(code: &str, more: &str) -> Self {
        Self::Status(
            400,
            format!(
                r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","Message":"{code} said"{more}}}"#
            ),
        )
    }
}

/// A configuration of the SDK whose requests are answered by `script`. Tries are three, as those of the functions.
pub fn scripted(script: impl FnMut(&Asked) -> Answer + Send + 'static) -> SdkConfig {
    let connector = SharedHttpConnector::new(Script(Arc::new(Mutex::new(script))));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys("id", "key", None)))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .build()
}

struct Script<F>(Arc<Mutex<F>>);

impl<F> fmt::Debug for Script<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl<F: FnMut(&Asked) -> Answer + Send + 'static> HttpConnector for Script<F> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
        let asked = Asked {
            operation: target.rsplit('.').next().unwrap_or_default().to_owned(),
            path: path_of(request.uri()),
            body: body.into_owned(),
        };
        let answer = (self.0.lock().unwrap_or_else(PoisonError::into_inner))(&asked);
        HttpConnectorFuture::ready(match answer {
            Answer::Status(status, body) => Ok(response(status, body)),
            Answer::Lost => {
                Err(ConnectorError::io(Box::new(io::Error::from(io::ErrorKind::ConnectionReset))))
            }
        })
    }
}

fn path_of(uri: &str) -> String {
    let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    after_scheme.find('/').map_or("/", |at| &after_scheme[at..]).to_owned()
}

fn response(status: u16, body: String) -> HttpResponse {
    let status = status.try_into().expect("a status of HTTP");
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("x-amzn-requestid", REQUEST_ID);
    response
}
