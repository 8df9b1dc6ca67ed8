use std::fmt;

use serde::{Deserialize, Serialize};

use crate::values::{Lenient, PhoneNumber, number_text};

/// Whom a call is for. An absent field is `None`, never an empty text; each text has at most 4,096 characters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields' names say it")]
pub struct Recipient {
    pub phone_number: PhoneNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// For the dialer and the results table; never delivered to an endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip_code: Option<String>,
}

impl Recipient {
    /// Longest text field, in characters; what a CRM sends beyond it is cut.
    pub const MAX_TEXT_CHARS: usize = 4_096;

    /// The JSON names of the optional fields.
    pub const TEXT_FIELDS: [&'static str; 10] = [
        "firstName",
        "lastName",
        "email",
        "companyName",
        "note",
        "address1",
        "address2",
        "city",
        "state",
        "zipCode",
    ];

    /// A recipient of whom nothing but the number is known.
    #[must_use]
    pub fn new(phone_number: PhoneNumber) -> Self {
        Self {
            phone_number,
            first_name: None,
            last_name: None,
            email: None,
            company_name: None,
            note: None,
            address1: None,
            address2: None,
            city: None,
            state: None,
            zip_code: None,
        }
    }

    /// The optional fields under their JSON names.
    pub fn optional_fields(&mut self) -> [(&'static str, &mut Option<String>); 10] {
        let fields = [
            &mut self.first_name,
            &mut self.last_name,
            &mut self.email,
            &mut self.company_name,
            &mut self.note,
            &mut self.address1,
            &mut self.address2,
            &mut self.city,
            &mut self.state,
            &mut self.zip_code,
        ];
        let mut names = Self::TEXT_FIELDS.into_iter();
        fields.map(|field| (names.next().unwrap_or_default(), field))
    }
}

/// A text field as it is kept: cut, and `None` when that leaves nothing but white space.
fn kept_text(text: &str) -> Option<String> {
    let kept: String = text.chars().take(Recipient::MAX_TEXT_CHARS).collect();
    (!kept.trim().is_empty()).then_some(kept)
}

/// A value in the place of a text that is none: an object or a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unusable;

/// The text that a value is: a number or a flag is taken as one. `None` when that leaves nothing to keep.
pub(crate) fn plain_text(value: Lenient<'_>) -> Result<Option<String>, Unusable> {
    match value {
        Lenient::Null => Ok(None),
        Lenient::Text(text, _) => Ok(kept_text(&text)),
        Lenient::Number(number) => Ok(kept_text(&number_text(number))),
        Lenient::Flag(flag) => Ok(Some(flag.to_string())),
        Lenient::List(_) | Lenient::Object(_) => Err(Unusable),
    }
}

impl fmt::Debug for Recipient {
    /// Personal data: shows none of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recipient(***)")
    }
}
