use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use addresses::{AddressFilter, TrustedNetworks};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName};
use reqwest::{Client, Response};
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use tokio::time::{Instant, timeout_at};
use url::Host;

use crate::connections::{Connected, Connections};
use crate::failure::{Failure, Target, connection_ended};
use crate::resolver::{FilteredResolver, Reach};
use crate::{Attempt, ErrorCode, Limits, Method, Outcome, Request, Resolver, Roots, SystemResolver, answer};

/// The `user-agent` of a request that brings none of its own.
pub const USER_AGENT: &str = "webhooks/1";

/// The headers that frame a request or belong to its connection (RFC 9110, 7.6.1). They are the HTTP client's: another
/// value could make a receiver see two requests in one.
const FRAMING_HEADERS: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    HeaderName::from_static("keep-alive"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What a sender works with. The default is what the product works with; tests replace parts of it.
pub struct Setup {
    /// Times and sizes.
    pub limits: Limits,
    /// Where names' addresses come from.
    pub resolver: Arc<dyn Resolver>,
    /// Whose certificates are trusted.
    pub roots: Roots,
    /// Whether a connection may serve a second request a moment later. Without, nothing is ever sent twice.
    pub keep_connections: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            resolver: Arc::new(SystemResolver),
            roots: Roots::from_environment(),
            keep_connections: true,
        }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// The TLS stack or the HTTP client refuses its configuration.
#[derive(Debug, thiserror::Error)]
pub enum CannotSend {
    /// The crypto provider supports no version of TLS.
    #[error("the TLS stack cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
}

/// Sends requests to hosts that strangers have named. Made once per process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    https: Arc<Connections>,
    http: Arc<Connections>,
    filter: AddressFilter,
    limits: Limits,
    has_roots: bool,
}

impl Sender {
    /// A sender for the public internet and the trusted networks.
    ///
    /// # Errors
    ///
    /// [`CannotSend`]; not for a lack of certificate authorities, see [`Roots::from_environment`].
    pub fn new(trusted: TrustedNetworks, setup: Setup) -> Result<Self, CannotSend> {
        let Setup { limits, resolver, roots, keep_connections } = setup;
        let has_roots = !roots.is_empty();
        let filter = AddressFilter::new(trusted);
        let tls = tls_config(roots)?;
        let connections = |reach| {
            let resolver = FilteredResolver {
                resolver: Arc::clone(&resolver),
                filter: filter.clone(),
                reach,
                limit: limits.resolve,
            };
            Connections::new(resolver, tls.clone(), &limits, keep_connections).map(Arc::new)
        };
        let (https, http) = (connections(Reach::Permitted)?, connections(Reach::Trusted)?);
        Ok(Self { https, http, filter, limits, has_roots })
    }

    /// Sends the request and reports what came of it, within [`Limits::exchange`] whatever the receiver does. Redirects are not
    /// followed, and nothing is sent again, with one exception: when a connection that an earlier request has used ends before
    /// an answer began, the request goes out on a fresh one.
    pub async fn send(&self, request: Request) -> Attempt {
        let started = Instant::now();
        let outcome = self.exchange(request, started).await.unwrap_or_else(Outcome::from);
        Attempt { outcome, duration: started.elapsed() }
    }

    async fn exchange(&self, request: Request, started: Instant) -> Result<Outcome, Failure> {
        let url = request.url.clone();
        let target = Target::new(&url, &self.limits, self.has_roots);
        let connections = self.admit(&request, &target)?;
        let deadline = started + self.limits.exchange;
        let has_begun = Arc::new(AtomicBool::new(false));
        let answer = answer_to(request, Arc::clone(connections), self.limits, Arc::clone(&has_begun));
        match timeout_at(deadline, connections.run(answer)).await {
            Ok(answer) => answer.map_err(|error| target.classify(&error)),
            Err(_elapsed) if has_begun.load(Ordering::Relaxed) => Err(target.incomplete_answer()),
            Err(_elapsed) => Err(target.no_answer()),
        }
    }

    /// The connections for this request, if the request may be sent at all. A host that is a name is judged later, by their
    /// resolver.
    fn admit(&self, request: &Request, target: &Target<'_>) -> Result<&Arc<Connections>, Failure> {
        let url = &request.url;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::new(
                ErrorCode::Protocol,
                "the URL must not contain a user name or a password",
            ));
        }
        if let Some((name, _)) = request.headers.iter().find(|(name, _)| frames_the_request(name)) {
            return Err(Failure::new(ErrorCode::Protocol, format!("the header {name} cannot be set")));
        }
        let (connections, reach) = match url.scheme() {
            "https" => (&self.https, Reach::Permitted),
            "http" => (&self.http, Reach::Trusted),
            _ => return Err(Failure::new(ErrorCode::Protocol, "only https URLs can be called")),
        };
        // The HTTP client does not ask its resolver about a host that is an address. `Url` has already turned every
        // spelling of one (decimal, octal, hexadecimal, short) into the address.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        if let Some(address) = literal {
            reach.check(&self.filter, address).map_err(|refusal| target.refused(refusal))?;
        }
        Ok(connections)
    }
}

/// The answer; `has_begun` tells when its head has come.
async fn answer_to(
    request: Request,
    connections: Arc<Connections>,
    limits: Limits,
    has_begun: Arc<AtomicBool>,
) -> reqwest::Result<Outcome> {
    let response = answered(&connections, request).await?;
    has_begun.store(true, Ordering::Relaxed);
    answer::read(response, &limits).await
}

/// The head of the answer. That a kept connection is dead shows only when something is written to it. It says nothing about
/// the receiver, so the request then goes out on a fresh one; should the receiver get it twice, it is under one `webhook-id`.
async fn answered(connections: &Connections, request: Request) -> reqwest::Result<Response> {
    let connected = Connected::default();
    let client = connections.kept();
    match connected.note(in_wire_form(&client, request.clone()).send()).await {
        Err(error) if !connected.is_noted() && connection_ended(&error) => {
            in_wire_form(connections.fresh(), request).send().await
        }
        sent => sent,
    }
}

fn frames_the_request(name: &HeaderName) -> bool {
    FRAMING_HEADERS.contains(name) || name.as_str().starts_with("proxy-")
}

fn in_wire_form(client: &Client, request: Request) -> reqwest::RequestBuilder {
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for (name, mut value) in request.headers {
        value.set_sensitive(true);
        headers.append(name, value);
    }
    match request.method {
        Method::Post => client.post(request.url).headers(headers).body(request.body),
        Method::Get => client.get(request.url).headers(headers),
    }
}

/// TLS 1.2 and 1.3. Sessions are not resumed: every attempt checks the receiver's certificate anew.
fn tls_config(roots: Roots) -> Result<ClientConfig, rustls::Error> {
    let mut tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots.0)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    tls.resumption = Resumption::disabled();
    Ok(tls)
}
