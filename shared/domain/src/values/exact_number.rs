use serde_json::Number;

/// Whether a number that stands in JSON is still the same when it is read into 64 bits, as `serde_json` does.
#[must_use]
pub fn fits_64_bits(number: &str) -> bool {
    let read: Option<Number> = number.parse().ok();
    read.is_some_and(|read| parts(&read.to_string()) == parts(number))
}

/// Sign, significant digits and power of ten: the same for each way to write a number.
fn parts(number: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (is_negative, whole) = whole.strip_prefix('-').map_or((false, whole), |whole| (true, whole));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let power = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    Some((is_negative, significant.to_owned(), power.checked_add(zeros)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_fits_when_it_is_still_the_same_however_it_is_written() {
        for number in ["0", "-0", "1.10", "1e5", "-2.50e-3", "18446744073709551615", "0.30000000000000004"] {
            assert!(fits_64_bits(number), "{number}");
        }
        for number in
            ["18446744073709551616", "-9223372036854775809", "0.1234567890123456789", "9007199254740993.0"]
        {
            assert!(!fits_64_bits(number), "{number}");
        }
    }
}
