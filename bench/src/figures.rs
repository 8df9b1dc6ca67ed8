//! What was measured: a table for the eye, JSON for comparisons.

use std::fmt::Write as _;

use serde::Serialize;

/// One figure.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Names it, for ever: `inbound.cpu_per_request`.
    pub id: String,
    /// What it is, in words.
    pub what: String,
    /// The median, or the one value; `None` when it could not be measured here.
    pub value: Option<f64>,
    /// The lowest and the highest of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// Of all three.
    pub unit: &'static str,
    /// What it must not exceed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
}

impl Figure {
    /// A figure that is one value.
    #[must_use]
    pub fn one(id: impl Into<String>, what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { id: id.into(), what: what.into(), value: Some(value), range: None, unit, target: None }
    }

    /// A figure that was measured several times.
    #[must_use]
    pub fn median(
        id: impl Into<String>,
        what: impl Into<String>,
        values: &[f64],
        unit: &'static str,
    ) -> Self {
        let range = Some((percentile(values, 0.0), percentile(values, 100.0)));
        Self { range, ..Self::one(id, what, median(values), unit) }
    }

    /// A figure that could not be measured here.
    #[must_use]
    pub fn not_measured(id: impl Into<String>, what: impl Into<String>, unit: &'static str) -> Self {
        Self { value: None, ..Self::one(id, what, 0.0, unit) }
    }

    /// The same, with a target.
    #[must_use]
    pub fn at_most(self, target: f64) -> Self {
        Self { target: Some(target), ..self }
    }
}

/// The value below which this many per cent lie (nearest rank); 0 of nothing.
#[must_use]
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let place = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(place.max(1) - 1).copied().unwrap_or_default()
}

/// The middle of the values.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// The table.
#[must_use]
pub fn table(figures: &[Figure]) -> String {
    let rows: Vec<[String; 5]> = figures.iter().map(row).collect();
    let heads = ["figure", "value", "range", "target", ""].map(str::to_owned);
    let width =
        |column: usize| rows.iter().chain([&heads]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let mut text = String::new();
    for [what, value, range, target, met] in [&heads].into_iter().chain(&rows) {
        let [a, b, c, d] = widths;
        let _ = writeln!(text, "{what:<a$}  {value:>b$}  {range:>c$}  {target:>d$}  {met}");
    }
    text
}

fn row(figure: &Figure) -> [String; 5] {
    let unit = figure.unit;
    let range =
        figure.range.map_or_else(String::new, |(low, high)| format!("{}–{}", short(low), short(high)));
    let target = figure.target.map_or_else(String::new, |target| format!("≤ {} {unit}", short(target)));
    let value =
        figure.value.map_or_else(|| "not measured".to_owned(), |value| format!("{} {unit}", short(value)));
    let met = match (figure.value, figure.target) {
        (Some(value), Some(target)) if value <= target => "met",
        (Some(_), Some(_)) => "MISSED",
        _ => "",
    };
    [figure.what.clone(), value, range, target, met.to_owned()].map(|cell| cell.trim_end().to_owned())
}

/// Three digits that count; whole numbers as they are.
fn short(value: f64) -> String {
    match value.abs() {
        whole if whole.fract() == 0.0 => format!("{value:.0}"),
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(
            [0.0, 50.0, 95.0, 99.0, 100.0].map(|p| percentile(&values, p)),
            [1.0, 50.0, 95.0, 99.0, 100.0]
        );
        assert_eq!(percentile(&[], 50.0), 0.0);
    }

    #[test]
    fn a_row_says_whether_its_target_is_met() {
        let figure = Figure::median("a.b", "Something", &[3.0, 1.0, 2.0], "ms");
        assert_eq!(row(&figure), ["Something", "2 ms", "1–3", "", ""]);
        assert_eq!(row(&figure.clone().at_most(2.0))[3..], ["≤ 2 ms", "met"]);
        assert_eq!(row(&figure.at_most(1.5))[4], "MISSED");
        assert_eq!(
            row(&Figure::not_measured("a", "b", "ms").at_most(1.0))[1..],
            ["not measured", "", "≤ 1 ms", ""]
        );
    }
}
