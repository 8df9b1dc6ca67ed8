//! What the dialer is asked to do: campaigns, and the jobs made of them.

mod call_job;
mod campaign;

pub use call_job::CallJob;
pub use campaign::{Campaign, CampaignSettings, CampaignStatus};
