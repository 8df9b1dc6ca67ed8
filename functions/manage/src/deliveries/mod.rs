//! The delivery log of a webhook, and sending what is in it again.

pub(crate) mod log;
pub(crate) mod recover;
pub(crate) mod resend;
pub(crate) mod show;
