//! The Lambda function behind the portal's page and files.

use std::sync::Arc;

use environment::{parsed_var, required_var, start_log};
use lambda_http::Error;
use mimalloc::MiMalloc;
use portal::{Accent, FrameAncestors, Portal};

/// As in every function.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let name = required_var("PORTAL_NAME")?;
    let accent = parsed_var("PORTAL_ACCENT", Accent::parse)?;
    let frame_ancestors = parsed_var("PORTAL_FRAME_ANCESTORS", FrameAncestors::parse)?;
    let portal = Arc::new(Portal::new(&name, &accent, &frame_ancestors));
    gateway::run(move |request| {
        let portal = Arc::clone(&portal);
        async move { portal.handle(&request) }
    })
    .await
}
