use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::{Period, Position, Timestamp};

use crate::dynamo::item::text;

/// The part of a list that is wanted, by its sort keys. They begin with the moment that they are ordered by.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyRange {
    from: Option<String>,
    below: Option<String>,
}

/// Where a list is read on from a position, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOn {
    /// All of the range lies after the position. DynamoDB refuses to start at a key outside the range.
    FromTheTop,
    /// After the position.
    AfterIt,
    /// None of the range does.
    Nowhere,
}

impl KeyRange {
    /// The keys of a period. `begin` is how the keys of a moment begin; none of them is that and no more.
    pub(crate) fn of(period: Period, begin: impl Fn(Timestamp) -> String) -> Self {
        Self { from: period.since.map(&begin), below: period.until.map(&begin) }
    }

    /// Where to read on from `position`.
    pub(crate) fn read_on(&self, position: Option<&Position>) -> ReadOn {
        let (from, below) = (self.from.as_deref().unwrap_or_default(), self.below.as_deref());
        match position.map(Position::as_str) {
            _ if below.is_some_and(|below| below <= from) => ReadOn::Nowhere,
            Some(position) if position < from => ReadOn::Nowhere,
            Some(position) if below.is_none_or(|below| position < below) => ReadOn::AfterIt,
            _ => ReadOn::FromTheTop,
        }
    }

    /// A query of this part of the partition `#partition = :partition`.
    pub(crate) fn of_query(&self, query: QueryFluentBuilder, sort: &str) -> QueryFluentBuilder {
        let condition = match (&self.from, &self.below) {
            (None, None) => return query.key_condition_expression("#partition = :partition"),
            (Some(_), None) => "#partition = :partition AND #sort >= :from",
            (None, Some(_)) => "#partition = :partition AND #sort < :below",
            // No key is `:below` itself.
            (Some(_), Some(_)) => "#partition = :partition AND #sort BETWEEN :from AND :below",
        };
        let query = query.key_condition_expression(condition).expression_attribute_names("#sort", sort);
        [(":from", &self.from), (":below", &self.below)].into_iter().fold(query, |query, (name, bound)| {
            bound.iter().fold(query, |query, bound| query.expression_attribute_values(name, text(bound)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists;

    #[test]
    fn a_cursor_from_outside_the_range_leads_to_its_top_or_nowhere() {
        let range = |since, until| {
            let period = Period { since, until };
            KeyRange::of(period, Timestamp::sortable)
        };
        let at = |millis| Some(Timestamp::from_millis(millis));
        let position = |millis: u64| {
            let key = format!("{}#call_1", Timestamp::from_millis(millis).sortable());
            lists::CALLS.position(&key).expect("a position")
        };
        for (range, millis, expected) in [
            (range(None, None), 5, ReadOn::AfterIt),
            (range(at(5), None), 5, ReadOn::AfterIt),
            (range(at(6), None), 5, ReadOn::Nowhere),
            (range(None, at(5)), 5, ReadOn::FromTheTop),
            (range(None, at(6)), 5, ReadOn::AfterIt),
            (range(at(5), at(6)), 9, ReadOn::FromTheTop),
            (range(at(6), at(6)), 9, ReadOn::Nowhere),
            (range(at(7), at(6)), 9, ReadOn::Nowhere),
        ] {
            assert_eq!(range.read_on(Some(&position(millis))), expected, "{range:?} at {millis}");
        }
        assert_eq!(range(at(5), at(6)).read_on(None), ReadOn::FromTheTop);
        assert_eq!(range(at(6), at(5)).read_on(None), ReadOn::Nowhere);
    }
}
