//! Sends the job of every call that was committed: the second half of "one accepted request, one call".
//!
//! `inbound` sends a job as soon as it has committed its call, and may fail to, or die before it. The stream of the table of
//! calls names each call that was committed, so its job is sent from here, too. Whichever comes second is dropped by the FIFO
//! queue.
//!
//! The calls that will not ring are in the stream, too: it says which, for the webhooks that ask for it.

mod relay;
mod stream_batch;

pub use relay::{Relay, RelayError};
pub use stream_batch::StreamBatch;
