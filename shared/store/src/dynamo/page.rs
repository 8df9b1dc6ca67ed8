//! Lists that are read page by page, newest first.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::{ListOrder, Page, Position, Slice};

use crate::dynamo::item::{Item, size_of, text};
use crate::dynamo::key_range::{KeyRange, ReadOn};
use crate::{InvalidItem, StoreError};

/// Items that one query reads when a filter drops some of them.
const FILTERED_READ: i32 = 200;

/// The limit of a page that uses all which such a query reads: one more tells whether there is a next page.
pub(crate) const ALL_OF_A_READ: usize = 199;

/// Queries that one page may take; a filter that drops nearly everything then gives a short page with a position to go on.
const MAX_QUERIES: usize = 20;

/// What one page reads before it ends, what a filter drops included. An answer has 3 MB, too.
const MAX_BYTES: usize = 3_000_000;

/// One of the lists.
pub(crate) struct List<'a> {
    pub(crate) order: ListOrder,
    pub(crate) table: &'a str,
    pub(crate) index: Option<&'static str>,
    pub(crate) partition: (&'static str, String),
    pub(crate) sort: &'static str,
    pub(crate) range: KeyRange,
    /// Names of the table's own key attributes that an index's sort key ends with, joined by `#`.
    pub(crate) table_key: &'static [&'static str],
    pub(crate) filter: Option<Filter>,
    /// The attributes that are read, an attribute inside a map with its path; all when there is none.
    pub(crate) fields: &'static [&'static str],
}

/// Drops items after they were read.
pub(crate) struct Filter {
    pub(crate) expression: String,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: Item,
}

impl Filter {
    /// Keeps the items whose attributes have these values; a value of `None` asks for nothing. An attribute inside a map is
    /// named with its path, `analysis.lead_warmth`.
    pub(crate) fn all_equal(wanted: &[(&str, Option<&str>)]) -> Option<Self> {
        let mut filter = Self { expression: String::new(), names: HashMap::new(), values: Item::new() };
        for (path, value) in wanted.iter().filter_map(|(path, value)| Some((path, (*value)?))) {
            let mut placeholders = Vec::new();
            for part in path.split('.') {
                placeholders.push(format!("#{part}"));
                filter.names.insert(format!("#{part}"), part.to_owned());
            }
            let placeholder = format!(":{}", path.replace('.', "_"));
            let and = if filter.expression.is_empty() { "" } else { " AND " };
            filter.expression.push_str(&format!("{and}{} = {placeholder}", placeholders.join(".")));
            filter.values.insert(placeholder, text(value));
        }
        (!filter.values.is_empty()).then_some(filter)
    }
}

impl List<'_> {
    /// Reads one page.
    pub(crate) async fn page<T>(
        &self,
        client: &Client,
        slice: &Slice,
        read: impl Fn(Item) -> Result<T, InvalidItem>,
    ) -> Result<Page<T>, StoreError> {
        let mut start = match self.range.read_on(slice.after.as_ref()) {
            ReadOn::AfterIt => slice.after.as_ref().map(|position| self.start_key(position)),
            ReadOn::FromTheTop => None,
            ReadOn::Nowhere => return Ok(Page { items: Vec::new(), next: None }),
        };
        let mut found: Vec<Item> = Vec::new();
        let mut bytes = 0;
        for _ in 0..MAX_QUERIES {
            let answer = self.query(client, slice.limit, start).send().await?;
            let items = answer.items.unwrap_or_default();
            bytes += match (&self.filter, answer.consumed_capacity) {
                (Some(_), Some(consumed)) => self.bytes_read_for(consumed.capacity_units.unwrap_or_default()),
                _ => items.iter().map(size_of).sum::<usize>(),
            };
            found.extend(items);
            start = answer.last_evaluated_key;
            if found.len() > slice.limit || bytes > MAX_BYTES || start.is_none() {
                break;
            }
        }
        let next = if found.len() > slice.limit {
            found.truncate(slice.limit);
            found.last().map(|item| self.position_of(item)).transpose()?
        } else {
            start.map(|key| self.position_of(&key)).transpose()?
        };
        let items = found.into_iter().map(|item| Ok((self.position_of(&item)?, read(item)?)));
        Ok(Page { items: items.collect::<Result<_, InvalidItem>>()?, next })
    }

    fn query(
        &self,
        client: &Client,
        limit: usize,
        start: Option<Item>,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        // One more than asked for tells whether there is a next page.
        let plain = i32::try_from(limit + 1).unwrap_or(i32::MAX);
        let query = self
            .range
            .of_query(client.query(), self.sort)
            .table_name(self.table)
            .set_index_name(self.index.map(str::to_owned))
            .expression_attribute_names("#partition", self.partition.0)
            .expression_attribute_values(":partition", text(&self.partition.1))
            .scan_index_forward(false)
            .consistent_read(self.index.is_none())
            .set_exclusive_start_key(start);
        let query = self.fields.iter().fold(query, |query, path| {
            path.split('.')
                .fold(query, |query, part| query.expression_attribute_names(format!("#{part}"), part))
        });
        let query = query.set_projection_expression(projection(self.fields));
        let Some(filter) = &self.filter else { return query.limit(plain) };
        let query = query.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let query = filter
            .names
            .iter()
            .fold(query, |query, (name, value)| query.expression_attribute_names(name, value));
        let query = filter
            .values
            .iter()
            .fold(query, |query, (name, value)| query.expression_attribute_values(name, value.clone()));
        query.filter_expression(&filter.expression).limit(FILTERED_READ)
    }

    /// Bytes that a query has read, as it was charged for them: the only trace of what a filter has dropped. A unit is 4 KiB, and
    /// twice as many when the read need not be consistent (DynamoDB, "Read capacity units").
    fn bytes_read_for(&self, units: f64) -> usize {
        let a_unit = if self.index.is_none() { 4_096.0 } else { 8_192.0 };
        // No query reads more than 1 MB.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small number, and not negative"
        )]
        let bytes = (units * a_unit) as usize;
        bytes
    }

    fn start_key(&self, position: &Position) -> Item {
        let mut start = Item::from([
            (self.partition.0.to_owned(), text(&self.partition.1)),
            (self.sort.to_owned(), text(position.as_str())),
        ]);
        let parts = position.as_str().split('#').skip(1);
        start.extend(self.table_key.iter().map(|name| (*name).to_owned()).zip(parts.map(text)));
        start
    }

    fn position_of(&self, item: &Item) -> Result<Position, InvalidItem> {
        let sort = item.get(self.sort).and_then(|value| value.as_s().ok());
        let position = sort.and_then(|text| self.order.position(text).ok());
        position.ok_or_else(|| InvalidItem { table: self.order.name, reason: format!("its {}", self.sort) })
    }
}

/// `#id, #settings.#voice`.
fn projection(fields: &[&str]) -> Option<String> {
    let paths: Vec<String> = fields.iter().map(|path| format!("#{}", path.replace('.', ".#"))).collect();
    (!paths.is_empty()).then(|| paths.join(", "))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use environment::aws_client;
    use scripted_aws::{Answer, Asked, scripted};

    use super::*;
    use crate::lists;

    fn log(filter: Option<Filter>) -> List<'static> {
        List {
            order: lists::DELIVERIES,
            table: "t",
            index: Some("byWebhook"),
            partition: ("webhookId", "wh_1".into()),
            sort: "logOrder",
            range: KeyRange::default(),
            table_key: &["deliveryId", "attemptKey"],
            filter,
            fields: &[],
        }
    }

    /// Queries that a page takes of a log of which a filter drops everything, and each query is charged for so many units.
    async fn queries_of_a_page(units: &str) -> usize {
        let queries = Arc::new(AtomicUsize::new(0));
        let (counter, units) = (Arc::clone(&queries), units.to_owned());
        let client = aws_client!(
            aws_sdk_dynamodb,
            &scripted(move |asked: &Asked| {
                assert!(asked.body.contains(r#""ReturnConsumedCapacity":"TOTAL""#), "{asked:?}");
                counter.fetch_add(1, Ordering::Relaxed);
                let key = r#"{"logOrder":{"S":"1730179200000#msg_1#01"}}"#;
                Answer::ok(format!(
                    r#"{{"Items":[],"ScannedCount":200,"LastEvaluatedKey":{key},"ConsumedCapacity":{{"CapacityUnits":{units}}}}}"#
                ))
            })
        );
        let list = log(Filter::all_equal(&[("outcome", Some("failed"))]));
        let page = list.page(&client, &Slice { limit: 50, after: None }, Ok).await.expect("a page");
        assert!(page.items.is_empty() && page.next.is_some());
        queries.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn a_page_ends_when_3_mb_are_read_also_of_items_that_a_filter_drops() {
        // 200 items of 2 KB: 50 units of 8 KiB, 0.4 MB.
        assert_eq!(queries_of_a_page("50.0").await, 8);
        // Small items: 4,000 of them.
        assert_eq!(queries_of_a_page("2.5").await, 20);
    }

    #[test]
    fn a_position_leads_back_to_the_key_it_came_from() {
        let list = log(None);
        let key = list.start_key(&lists::DELIVERIES.position("1730179200000#msg_1#01").expect("a position"));
        let expected = [
            ("webhookId", "wh_1"),
            ("logOrder", "1730179200000#msg_1#01"),
            ("deliveryId", "msg_1"),
            ("attemptKey", "01"),
        ];
        assert_eq!(key, expected.map(|(name, value)| (name.to_owned(), text(value))).into());
        assert_eq!(list.position_of(&key).expect("a position").as_str(), "1730179200000#msg_1#01");
    }
}
