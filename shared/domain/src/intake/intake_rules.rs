use serde::{Deserialize, Serialize};

use crate::intake::RequiredHeader;
use crate::values::JsonObject;

/// What an inbound webhook's owner has set for its requests, beyond what is documented of every one. Most webhooks have none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IntakeRules {
    /// The header without which a request is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_header: Option<RequiredHeader>,
    /// Where in a body the fields of a request stand: a [`Mapping`](crate::intake::Mapping), as its owner wrote it. It is read with
    /// those requests alone that need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<JsonObject>,
}

impl IntakeRules {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_empty_until_one_of_them_is_set() {
        assert!(IntakeRules::default().is_empty());
        let header = RequiredHeader::new("X-Crm-Key", "a secret of the CRM").ok();
        let mapping = JsonObject::try_from(r#"{"phoneNumber":"phone"}"#.to_owned()).ok();
        assert!(header.is_some() && mapping.is_some());
        assert!(!IntakeRules { required_header: header, mapping: None }.is_empty());
        assert!(!IntakeRules { required_header: None, mapping }.is_empty());
    }
}
