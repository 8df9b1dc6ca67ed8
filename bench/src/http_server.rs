//! An HTTP/1.1 server on loopback, with or without TLS: the Runtime API, AWS and the receivers are made of it.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::Outcome;

/// A request whose body has been read, and what it is answered.
pub type Asked = Request<Bytes>;
/// See [`Asked`].
pub type Answer = Response<Full<Bytes>>;

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Starts a server on a free port of 127.0.0.1.
///
/// # Errors
///
/// When no port can be had.
pub async fn serve<F, A>(tls: Option<TlsAcceptor>, handler: F) -> Outcome<Server>
where
    F: Fn(Asked) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let handler = Arc::new(handler);
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let (tls, handler) = (tls.clone(), Arc::clone(&handler));
            tokio::spawn(async move {
                match tls {
                    None => converse(stream, handler).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            converse(stream, handler).await;
                        }
                    }
                }
            });
        }
    });
    Ok(Server { address, accepting })
}

async fn converse<S, F, A>(stream: S, handler: Arc<F>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Fn(Asked) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let handler = Arc::clone(&handler);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            Ok::<_, Infallible>(handler(Request::from_parts(head, body)).await)
        }
    });
    // A function that is stopped breaks its connections off; nobody has to know.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// An answer with this status and body.
#[must_use]
pub fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Answer {
    let builder = Response::builder().status(status).header("content-type", content_type);
    builder.body(Full::new(body.into())).unwrap_or_default()
}
