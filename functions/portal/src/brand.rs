/// The operator's own colour, for what can be pressed. White on it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accent(String);

/// Of text: WCAG 2.2, success criterion 1.4.3, level AA.
const LEAST_CONTRAST: f64 = 4.5;

/// A colour that the portal cannot use.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum InvalidAccent {
    /// It is written otherwise than `#1f4fd8`.
    #[error("a colour is a # and six hexadecimal digits, such as #1f4fd8")]
    Notation,
    /// White text on it could not be read by everybody.
    #[error("white text on it has a contrast of {0:.1} to 1, and needs 4.5; take a darker colour")]
    Contrast(f64),
}

impl Accent {
    /// # Errors
    ///
    /// [`InvalidAccent`], which says what is wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidAccent> {
        let digits = text.strip_prefix('#').ok_or(InvalidAccent::Notation)?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(InvalidAccent::Notation);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| InvalidAccent::Notation)?;
        let [_, red, green, blue] = number.to_be_bytes();
        let contrast = contrast_with_white(red, green, blue);
        if contrast < LEAST_CONTRAST {
            return Err(InvalidAccent::Contrast(contrast));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// As `#1f4fd8`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// WCAG 2.2's contrast ratio, from 1 to 21.
fn contrast_with_white(red: u8, green: u8, blue: u8) -> f64 {
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    1.05 / (luminance + 0.05)
}

/// A channel of sRGB as an amount of light.
fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_taken_when_white_can_be_read_on_it() {
        for colour in ["#000000", "#1f4fd8", "#767676", "#C00000"] {
            assert_eq!(Accent::parse(colour).map(|accent| accent.0), Ok(colour.to_ascii_lowercase()));
        }
        // 4.54 and 4.48: the two greys that the criterion falls between.
        assert!(matches!(Accent::parse("#777777"), Err(InvalidAccent::Contrast(_))));
        let refusal = Accent::parse("#ffcc00").expect_err("too light").to_string();
        assert_eq!(
            refusal,
            "white text on it has a contrast of 1.5 to 1, and needs 4.5; take a darker colour"
        );
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in
            ["", "#", "1f4fd8", "#1f4fd", "#1f4fd88", "#1f4fdg", "red", "#+f4fd8", "#ééé", "#1f4fd8;}"]
        {
            assert_eq!(Accent::parse(text), Err(InvalidAccent::Notation), "{text}");
        }
    }
}
