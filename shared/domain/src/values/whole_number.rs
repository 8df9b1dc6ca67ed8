use serde_json::Value;

/// Largest whole number that every JSON writer keeps exact: 2^53.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The whole number that a JSON value is: `3`, and `3.0` or `3e0` too, which JSON Schema calls an integer just so. `None` for a
/// negative one, a fraction, or anything else.
#[must_use]
pub fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
        (float.fract() == 0.0 && (0.0..=MAX_EXACT).contains(&float)).then_some(float as u64)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        for (value, number) in
            [(json!(3), 3), (json!(3.0), 3), (json!(0), 0), (json!(1.5e10), 15_000_000_000)]
        {
            assert_eq!(whole_number(&value), Some(number), "{value}");
        }
        for value in [json!(-1), json!(0.5), json!(1e300), json!("3"), json!(null), json!(true)] {
            assert_eq!(whole_number(&value), None, "{value}");
        }
    }

    #[test]
    fn a_number_that_is_written_with_a_point_is_exact_up_to_2_to_the_53() {
        assert_eq!(whole_number(&json!(9_007_199_254_740_992.0)), Some(9_007_199_254_740_992));
        assert_eq!(whole_number(&json!(9_007_199_254_740_994.0)), None);
        assert_eq!(whole_number(&json!(-1.0)), None);
    }
}
