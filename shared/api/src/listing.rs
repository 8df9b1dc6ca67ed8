//! Lists: `?limit=` and `?cursor=`, answered with `{"items":[…],"nextCursor":…}`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{ListOrder, Page, Position, Slice};
use lambda_http::{Request, RequestExt};
use serde_json::{Value, json};

use crate::{Code, Problem};

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

/// Most bytes of the items on a page. Lambda answers with 6 MB at most, and writes the body as a JSON text, which at worst (a
/// body full of quotes) doubles it.
const MAX_PAGE_BYTES: usize = 3_000_000;

/// The slice of a list that the query asks for. A cursor belongs to the list that gave it.
pub fn slice(request: &Request, list: &ListOrder) -> Result<Slice, Problem> {
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

/// A page of a list, its items shown with `view`. It ends early, with a cursor, when its items have 3 MB.
pub fn page<T>(page: &Page<T>, list: &ListOrder, view: impl FnMut(&T) -> Value) -> Value {
    page_of(page, list, MAX_PAGE_BYTES, view)
}

fn page_of<T>(
    page: &Page<T>,
    list: &ListOrder,
    max_bytes: usize,
    mut view: impl FnMut(&T) -> Value,
) -> Value {
    let (mut items, mut bytes, mut last) = (Vec::new(), 0, None);
    for (position, item) in &page.items {
        let item = view(item);
        bytes += item.to_string().len();
        if last.is_some() && bytes > max_bytes {
            return json!({"items": items, "nextCursor": last.map(|position| write_cursor(position, list))});
        }
        items.push(item);
        last = Some(position);
    }
    json!({"items": items, "nextCursor": page.next.as_ref().map(|position| write_cursor(position, list))})
}

fn write_cursor(position: &Position, list: &ListOrder) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{}", list.name, position.as_str()))
}

fn read_cursor(cursor: &str, list: &ListOrder) -> Option<Position> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    list.position(text.strip_prefix(list.name)?.strip_prefix(':')?).ok()
}

#[cfg(test)]
mod tests {
    use domain::KeyPart;

    use super::*;

    const WEBHOOKS: ListOrder = ListOrder { name: "webhooks", parts: &[KeyPart::Id("wh_")] };
    const CAMPAIGNS: ListOrder = ListOrder { name: "campaigns", parts: &[KeyPart::Id("cmp_")] };

    fn position(text: &str) -> Position {
        WEBHOOKS.position(text).expect("a position")
    }

    #[test]
    fn a_cursor_is_read_by_the_list_that_gave_it_and_by_no_other() {
        let cursor = write_cursor(&position("wh_1"), &WEBHOOKS);
        assert_eq!(read_cursor(&cursor, &WEBHOOKS), Some(position("wh_1")));
        assert_eq!(read_cursor(&cursor, &CAMPAIGNS), None);
        for wrong in ["", "%", "d2hfMQ", "webhooks:wh_1"] {
            assert_eq!(read_cursor(wrong, &WEBHOOKS), None, "{wrong}");
        }
        assert_eq!(read_cursor(&URL_SAFE_NO_PAD.encode("webhooks:a"), &WEBHOOKS), None);
    }

    /// The sizes of the items that stand on a page of at most 10 bytes, and where it says that the next one begins.
    fn cut(sizes: &[usize], next: Option<&str>) -> (usize, Option<Position>) {
        let item = |(number, size): (usize, &usize)| (position(&format!("wh_{number}")), *size);
        let page = Page { items: sizes.iter().enumerate().map(item).collect(), next: next.map(position) };
        let answer = page_of(&page, &WEBHOOKS, 10, |size| json!("x".repeat(size - 2)));
        let items = answer["items"].as_array().expect("a list").len();
        (items, answer["nextCursor"].as_str().map(|cursor| read_cursor(cursor, &WEBHOOKS).expect("a cursor")))
    }

    #[test]
    fn a_page_ends_before_the_item_that_makes_it_too_large() {
        assert_eq!(cut(&[4, 6], None), (2, None));
        assert_eq!(cut(&[4, 6], Some("wh_1")), (2, Some(position("wh_1"))));
        assert_eq!(cut(&[4, 6, 2], Some("wh_9")), (2, Some(position("wh_1"))));
        assert_eq!(cut(&[4, 7, 2], None), (1, Some(position("wh_0"))));
    }

    #[test]
    fn a_page_has_an_item_however_large_it_is() {
        assert_eq!(cut(&[50, 2], None), (1, Some(position("wh_0"))));
        assert_eq!(cut(&[50], None), (1, None));
    }

    fn asked(query: &[(&str, &str)]) -> Result<Slice, String> {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]));
        let query: std::collections::HashMap<_, _> = query.collect();
        let request = Request::default().with_query_string_parameters(query);
        slice(&request, &WEBHOOKS).map_err(|problem| problem.body()["error"]["code"].to_string())
    }

    #[test]
    fn a_slice_has_50_items_or_1_to_100_that_are_asked_for() {
        let by_default = asked(&[]).expect("a slice");
        assert_eq!((by_default.limit, by_default.after), (50, None));
        for limit in [1, 100] {
            assert_eq!(asked(&[("limit", &limit.to_string())]).expect("a slice").limit, limit);
        }
        for wrong in ["0", "101", "-1", "1.5", "all", ""] {
            assert_eq!(asked(&[("limit", wrong)]).expect_err(wrong), "\"invalid_limit\"");
        }
    }

    #[test]
    fn a_slice_goes_on_where_its_cursor_says() {
        let cursor = write_cursor(&position("wh_1"), &WEBHOOKS);
        assert_eq!(asked(&[("cursor", &cursor)]).expect("a slice").after, Some(position("wh_1")));
        let of_another = write_cursor(&position("wh_1"), &CAMPAIGNS);
        assert_eq!(asked(&[("cursor", &of_another)]).expect_err("another list's"), "\"invalid_cursor\"");
    }

    #[test]
    fn a_page_shows_its_items_and_where_the_next_begins() {
        let whole = Page { items: vec![(position("wh_1"), 1), (position("wh_2"), 2)], next: None };
        let shown = page(&whole, &WEBHOOKS, |item| json!(item * 10));
        assert_eq!(shown, json!({"items": [10, 20], "nextCursor": null}));
        assert_eq!(MAX_PAGE_BYTES, 3_000_000);
    }
}
