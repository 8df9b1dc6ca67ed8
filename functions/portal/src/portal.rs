use lambda_http::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use lambda_http::http::response::Builder;
use lambda_http::http::{HeaderMap, HeaderName, Method, Response, StatusCode};
use lambda_http::{Body, Request, RequestExt};

use crate::brand::Accent;
use crate::encoding::{Encoding, accepted};
use crate::files::{File, HASH, find};
use crate::frame_ancestors::FrameAncestors;
use crate::page::Page;

const METHODS: &str = "GET, HEAD";
/// A browser asks each time, and hears 304 when nothing has changed.
const ASK_EACH_TIME: &str = "no-cache";
/// The address changes with the content. One year: RFC 9111 knows no more.
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";
const NOT_FOUND: &str =
    "There is nothing here. After an update of the portal its files lie elsewhere: load the page anew.\n";

/// Answers with the portal's page and its files.
pub struct Portal {
    page: Page,
    policy: String,
}

impl Portal {
    /// The portal as the operator has named and coloured it, and for the sites that may frame it.
    #[must_use]
    pub fn new(name: &str, accent: &Accent, frame_ancestors: &FrameAncestors) -> Self {
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src https:; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {}",
            frame_ancestors.as_str()
        );
        Self { page: Page::new(name, accent), policy }
    }

    /// Answers one request.
    #[must_use]
    pub fn handle(&self, request: &Request) -> Response<Body> {
        let answer = self.find(request.raw_http_path(), request.method(), request.headers());
        // What is put together here is fixed text and a checked variable.
        let mut answer = answer.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "an answer could not be built");
            let mut failure = Response::default();
            *failure.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            failure
        });
        if *request.method() == Method::HEAD {
            *answer.body_mut() = Body::Empty;
        }
        // Without the path, which a stranger may have made up.
        let (method, status) = (request.method(), answer.status().as_u16());
        tracing::info!(http.method = %method, http.status = status, "{method} answered {status}");
        answer
    }

    fn find(
        &self,
        path: &str,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response<Body>, lambda_http::http::Error> {
        let path = path.strip_prefix("/portal").unwrap_or_default();
        let file =
            path.strip_prefix('/').and_then(|path| path.strip_prefix(HASH)?.strip_prefix('/')).and_then(find);
        if !path.is_empty() && file.is_none() {
            return self.text(StatusCode::NOT_FOUND, NOT_FOUND);
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            return self.refuse_method();
        }
        match file {
            Some(file) => self.file(file, headers),
            None => self.page(headers),
        }
    }

    fn page(&self, headers: &HeaderMap) -> Result<Response<Body>, lambda_http::http::Error> {
        let answer =
            self.answer(StatusCode::OK).header(CACHE_CONTROL, ASK_EACH_TIME).header(ETAG, &self.page.etag);
        if is_known(&self.page.etag, headers) {
            return answer.status(StatusCode::NOT_MODIFIED).body(Body::Empty);
        }
        answer.header(CONTENT_TYPE, "text/html; charset=utf-8").body(Body::from(self.page.html.as_str()))
    }

    fn file(&self, file: &File, headers: &HeaderMap) -> Result<Response<Body>, lambda_http::http::Error> {
        let etag = format!("W/\"{HASH}\"");
        let answer = self.answer(StatusCode::OK).header(CACHE_CONTROL, FOR_A_YEAR).header(ETAG, &etag);
        if is_known(&etag, headers) {
            return answer.status(StatusCode::NOT_MODIFIED).body(Body::Empty);
        }
        let answer = answer.header(CONTENT_TYPE, file.content_type);
        match accepted(headers.get_all(ACCEPT_ENCODING)) {
            Encoding::Brotli => answer.header(CONTENT_ENCODING, "br").body(Body::from(file.brotli)),
            Encoding::Gzip => answer.header(CONTENT_ENCODING, "gzip").body(Body::from(file.gzip)),
            Encoding::Identity => answer.body(Body::from(file.identity)),
        }
    }

    fn refuse_method(&self) -> Result<Response<Body>, lambda_http::http::Error> {
        let mut answer =
            self.text(StatusCode::METHOD_NOT_ALLOWED, "This can be read, and nothing else.\n")?;
        answer.headers_mut().insert(ALLOW, lambda_http::http::HeaderValue::from_static(METHODS));
        Ok(answer)
    }

    fn text(
        &self,
        status: StatusCode,
        text: &'static str,
    ) -> Result<Response<Body>, lambda_http::http::Error> {
        self.answer(status)
            .header(CACHE_CONTROL, "no-store")
            .header(CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(Body::from(text))
    }

    /// What every answer has.
    fn answer(&self, status: StatusCode) -> Builder {
        Response::builder()
            .status(status)
            .header(VARY, "accept-encoding")
            .header("content-security-policy", &self.policy)
            .header("x-content-type-options", "nosniff")
            .header("referrer-policy", "no-referrer")
    }
}

/// Whether the client has this content already. Weak comparison, RFC 9110, 13.1.2.
fn is_known(etag: &str, headers: &HeaderMap) -> bool {
    let opaque = etag.trim_start_matches("W/");
    let name: HeaderName = IF_NONE_MATCH;
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim() == "*" || value.trim().trim_start_matches("W/") == opaque)
}
