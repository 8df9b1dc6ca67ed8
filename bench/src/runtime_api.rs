//! The Lambda Runtime API (2018-06-01), as a function's process sees it: it asks for the next event, and posts its answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};

use crate::Outcome;
use crate::http_server::{Answer, Asked, Server, answer, serve};

/// How long after it is handed over an event's deadline is. Nothing here depends on it.
const DEADLINE_MILLIS: u128 = 60_000;

/// An event and what became of it.
#[derive(Debug)]
pub struct Invoked {
    /// What the function answered.
    pub answer: Bytes,
    /// Whether that is an error.
    pub failed: bool,
    /// When the event was handed over.
    pub handed_over: Instant,
    /// When the answer came.
    pub answered: Instant,
}

/// The side of the Runtime API that hands events over. One function's process is served by each.
#[derive(Debug)]
pub struct RuntimeApi {
    server: Server,
    events: mpsc::UnboundedSender<Waiting>,
    ready: watch::Receiver<Option<Instant>>,
}

struct Waiting {
    event: Bytes,
    done: oneshot::Sender<Invoked>,
}

struct State {
    events: AsyncMutex<mpsc::UnboundedReceiver<Waiting>>,
    ready: watch::Sender<Option<Instant>>,
    under_way: Mutex<HashMap<String, (Instant, oneshot::Sender<Invoked>)>>,
}

impl RuntimeApi {
    /// Starts it on a free port.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> Outcome<Self> {
        let (events, waiting) = mpsc::unbounded_channel();
        let (now_ready, ready) = watch::channel(None);
        let state = Arc::new(State {
            events: AsyncMutex::new(waiting),
            ready: now_ready,
            under_way: Mutex::default(),
        });
        let server = serve(None, move |asked| Arc::clone(&state).handle(asked)).await?;
        Ok(Self { server, events, ready })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> String {
        self.server.address.to_string()
    }

    /// When the function asked for an event for the first time: its init is over.
    ///
    /// # Errors
    ///
    /// When the server has ended.
    pub async fn ready(&self) -> Outcome<Instant> {
        let mut ready = self.ready.clone();
        let at = *ready.wait_for(Option::is_some).await?;
        at.ok_or_else(|| "never ready".into())
    }

    /// Hands an event over and waits for its answer.
    ///
    /// # Errors
    ///
    /// When the server has ended.
    pub async fn invoke(&self, event: Bytes) -> Outcome<Invoked> {
        let (done, invoked) = oneshot::channel();
        self.events.send(Waiting { event, done }).map_err(|_| "the Runtime API has ended")?;
        Ok(invoked.await?)
    }
}

impl State {
    async fn handle(self: Arc<Self>, asked: Asked) -> Answer {
        let path = asked.uri().path().trim_start_matches("/2018-06-01/runtime/");
        let accepted = || answer(202, "application/json", r#"{"status":"OK"}"#);
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["invocation", "next"] => self.next().await,
            ["invocation", id, what @ ("response" | "error")] => {
                let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(*id);
                if let Some((handed_over, done)) = under_way {
                    let (answer, failed) = (asked.body().clone(), *what == "error");
                    // Whoever asked may have given up.
                    let _ = done.send(Invoked { answer, failed, handed_over, answered: Instant::now() });
                }
                accepted()
            }
            ["init", "error"] => accepted(),
            _ => answer(404, "application/json", "{}"),
        }
    }

    async fn next(&self) -> Answer {
        self.ready.send_if_modified(|ready| ready.is_none() && ready.replace(Instant::now()).is_none());
        let Some(Waiting { event, done }) = self.events.lock().await.recv().await else {
            return answer(500, "application/json", "{}");
        };
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let id = format!("{:032x}", since_epoch.as_nanos());
        let answer = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", &id)
            .header("lambda-runtime-deadline-ms", (since_epoch.as_millis() + DEADLINE_MILLIS).to_string())
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:measured",
            )
            .header("lambda-runtime-trace-id", "Root=1-67208f80-3b1e5c7f0a9d4e62b8c1f7a3;Sampled=0")
            .body(Full::new(event))
            .unwrap_or_default();
        under_way.insert(id, (Instant::now(), done));
        answer
    }
}
