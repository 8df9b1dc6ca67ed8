//! What a payload or a mapping can begin with.

use ::presets::presets;
use api::Reply;
use serde_json::json;

/// All presets on one page: they are few, and the same for everybody. (Of a URL in one, a viewer is shown all.)
pub(crate) fn list() -> Reply {
    Reply::Public(json!({"items": presets(), "nextCursor": null}))
}
