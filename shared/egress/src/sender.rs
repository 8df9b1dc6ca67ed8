use std::fmt;
use std::sync::Arc;

use addresses::{AddressFilter, EndpointPorts, TrustedNetworks};
use domain::Clock;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderValue, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName};
use reqwest::{Client, Response};
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

use crate::answer::{Sent, answered, read_body};
use crate::connections::{Connected, Connections};
use crate::failure::{Failure, Target, Way, connection_ended, cut_body_note, slow_body_note};
use crate::mask::Mask;
use crate::resolver::{FilteredResolver, Reach};
use crate::{
    Carrier, ErrorCode, Exchange, ExchangeOutcome, Limits, Method, Request, Resolver, Roots, SystemResolver,
};

/// The headers that frame a request or belong to its connection (RFC 9110, 7.6.1). They are the HTTP client's: another
/// value could make a receiver see two requests in one.
const FRAMING_HEADERS: [HeaderName; 9] = [
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
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
    /// The ports that requests may go to outside of the trusted networks.
    pub ports: EndpointPorts,
    /// Whose certificates are trusted.
    pub roots: Roots,
    /// Says for how long a connection is kept.
    pub clock: Clock,
    /// Whether a connection may serve a second request a moment later. Without, nothing is ever sent twice.
    pub keep_connections: bool,
    /// Carries requests instead of connections, for whoever simulates.
    pub carrier: Option<Carrier>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            resolver: Arc::new(SystemResolver),
            ports: EndpointPorts::default(),
            roots: Roots::from_environment(),
            clock: Clock::system(),
            keep_connections: true,
            carrier: None,
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
pub enum SenderError {
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
    permitted: Arc<Connections>,
    trusted: Arc<Connections>,
    filter: AddressFilter,
    ports: EndpointPorts,
    limits: Limits,
    has_roots: bool,
    carrier: Option<Carrier>,
}

impl Sender {
    /// A sender for the public internet and the trusted networks.
    ///
    /// # Errors
    ///
    /// [`SenderError`]; not for a lack of certificate authorities, see [`Roots::from_environment`].
    pub fn new(trusted: TrustedNetworks, setup: Setup) -> Result<Self, SenderError> {
        let Setup { limits, resolver, ports, roots, clock, keep_connections, carrier } = setup;
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
            Connections::new(resolver, tls.clone(), &limits, keep_connections, clock.clone()).map(Arc::new)
        };
        let (permitted, trusted) = (connections(Reach::Permitted)?, connections(Reach::Trusted)?);
        Ok(Self { permitted, trusted, filter, ports, limits, has_roots, carrier })
    }

    /// Sends the request and reports what came of it, within [`Limits`] whatever the receiver does. Redirects are not
    /// followed, and nothing is sent again, with one exception: when a connection that an earlier request has used ends before
    /// an answer began, the request goes out on a fresh one.
    pub async fn send(&self, request: Request) -> Exchange {
        let started = Instant::now();
        let outcome = self.exchange(request, started).await.unwrap_or_else(ExchangeOutcome::from);
        Exchange { outcome, duration: started.elapsed() }
    }

    async fn exchange(&self, request: Request, started: Instant) -> Result<ExchangeOutcome, Failure> {
        let url = request.url.clone();
        let target = Target::new(&url, self.way(&request)?, &self.limits, self.has_roots);
        let connections = Arc::clone(self.admit(&url, &target)?);
        let secrets = request.headers.iter().map(|(_, value)| value).filter(|value| value.is_sensitive());
        let sent = Sent { method: request.method, mask: Mask::of(secrets) };
        let deadline = started + self.limits.head;
        let head = head_of_answer(Arc::clone(&connections), self.carrier.clone(), request);
        let head = match target.way {
            Way::PlainHttp => timeout_at(deadline, connections.run_plain(head)).await,
            Way::Https | Way::OtherPort => timeout_at(deadline, head).await,
        };
        let head = head.map_err(|_elapsed| target.no_answer())?;
        let mut response = head.map_err(|error| target.classify(&error))?;
        let mut body = Vec::new();
        let reading = read_body(&mut response, &mut body, self.limits.answer_read);
        let body_note = match timeout(self.limits.body, reading).await {
            Ok(read) => read.err().map(|error| cut_body_note(&error)),
            Err(_elapsed) => Some(slow_body_note(&self.limits)),
        };
        Ok(answered(&response, &body, body_note, &sent, &self.limits))
    }

    /// How the request goes out, if it is one that can be sent at all.
    fn way(&self, request: &Request) -> Result<Way, Failure> {
        let url = &request.url;
        let unsendable = |message: String| Err(Failure::new(ErrorCode::Unsendable, message));
        if !url.username().is_empty() || url.password().is_some() {
            return unsendable("the URL must not contain a user name or a password".to_owned());
        }
        if let Some((name, _)) = request.headers.iter().find(|(name, _)| frames_the_request(name)) {
            return unsendable(format!("the header {name} cannot be set"));
        }
        match (url.scheme(), url.port_or_known_default()) {
            ("https", Some(port)) if self.ports.contain(port) => Ok(Way::Https),
            ("https", _) => Ok(Way::OtherPort),
            ("http", _) => Ok(Way::PlainHttp),
            _ => unsendable("only https URLs can be called".to_owned()),
        }
    }

    /// The connections for this request, if it may go where it would go. A host that is a name is judged later, by their
    /// resolver.
    fn admit(&self, url: &Url, target: &Target<'_>) -> Result<&Arc<Connections>, Failure> {
        let (connections, reach) = match target.way {
            Way::Https => (&self.permitted, Reach::Permitted),
            Way::OtherPort | Way::PlainHttp => (&self.trusted, Reach::Trusted),
        };
        // The HTTP client does not ask its resolver about a host that is an address. `Url` has already turned every
        // spelling of one (decimal, octal, hexadecimal, short) into the address.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        match literal {
            Some(address) if !reach.includes(&self.filter, address) => Err(target.blocked()),
            _ => Ok(connections),
        }
    }
}

/// The head of the answer. That a kept connection is dead shows only when something is written to it. It says nothing about
/// the receiver, so the request then goes out on a fresh one; should the receiver get it twice, it is under one `webhook-id`.
async fn head_of_answer(
    connections: Arc<Connections>,
    carrier: Option<Carrier>,
    request: Request,
) -> reqwest::Result<Response> {
    if let Some(carrier) = carrier {
        let carried = in_wire_form(connections.fresh(), request.clone()).build()?.try_into()?;
        if let Some(answering) = carrier.carry(&carried) {
            return Ok(answering.await.into());
        }
    }
    let connected = Connected::default();
    let client = connections.kept(request.owner.as_deref());
    match connected.note(in_wire_form(&client, request.clone()).send()).await {
        Err(error) if !connected.is_noted() && connection_ended(&error) => {
            in_wire_form(connections.fresh(), request).send().await
        }
        sent => sent,
    }
}

/// Gateways that hand headers on as variables read `_` as `-`.
fn frames_the_request(name: &HeaderName) -> bool {
    let name = name.as_str().replace('_', "-");
    FRAMING_HEADERS.iter().any(|framing| *framing == *name) || name.starts_with("proxy-")
}

fn in_wire_form(client: &Client, request: Request) -> reqwest::RequestBuilder {
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for (name, mut value) in request.headers {
        value.set_sensitive(true);
        headers.append(name, value);
    }
    // A POST says how long its body is (RFC 9110, 8.6): servers answer a 411 where hyper leaves a length of nothing out.
    if matches!(request.method, Method::Post) && request.body.is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
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
