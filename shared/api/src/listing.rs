//! Lists: `?limit=` and `?cursor=`, answered with `{"items":[…],"nextCursor":…}`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Page, Position, Slice};
use lambda_http::{Request, RequestExt};
use serde_json::{Value, json};

use crate::{Code, Problem};

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

/// The slice of a list that the query asks for. A cursor belongs to the list that gave it.
pub fn slice(request: &Request, list: &str) -> Result<Slice, Problem> {
    let query = request.query_string_parameters();
    let limit = match query.first("limit") {
        None => DEFAULT_LIMIT,
        Some(text) => text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
            Problem::invalid_parameter(Code::InvalidLimit, "limit", "must be a whole number from 1 to 100")
        })?,
    };
    let after = match query.first("cursor") {
        None => None,
        Some(cursor) => Some(read_cursor(cursor, list).ok_or_else(|| {
            Problem::invalid_parameter(Code::InvalidCursor, "cursor", "is not a cursor that this list gave")
        })?),
    };
    Ok(Slice { limit, after })
}

/// A page of a list, its items shown with `view`.
pub fn page<T>(page: &Page<T>, list: &str, view: impl FnMut(&T) -> Value) -> Value {
    let items: Vec<Value> = page.items.iter().map(view).collect();
    let next = page.next.as_ref().map(|position| write_cursor(position, list));
    json!({"items": items, "nextCursor": next})
}

fn write_cursor(position: &Position, list: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}:{}", position.as_str()))
}

fn read_cursor(cursor: &str, list: &str) -> Option<Position> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    Position::parse(text.strip_prefix(list)?.strip_prefix(':')?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_by_the_list_that_gave_it_and_by_no_other() {
        let position = Position::parse("wh_1").expect("a position");
        let cursor = write_cursor(&position, "webhooks");
        assert_eq!(read_cursor(&cursor, "webhooks"), Some(position));
        assert_eq!(read_cursor(&cursor, "campaigns"), None);
        for wrong in ["", "%", "d2hfMQ", "webhooks:wh_1"] {
            assert_eq!(read_cursor(wrong, "webhooks"), None, "{wrong}");
        }
    }
}
