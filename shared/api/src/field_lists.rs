//! Lists in a body whose items are of one kind, none of them twice.

use serde_json::{Map, Value};

use crate::{Fields, Problem};

impl Fields {
    /// Some of these texts.
    pub fn choices<T: Copy + PartialEq>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<Vec<T>>, Problem> {
        self.list(name, choices.len(), |item, at| item.choice(at, choices))
    }

    /// Ids of things of one kind: campaigns, say.
    pub fn ids<T: TryFrom<String> + PartialEq>(
        &mut self,
        name: &str,
        thing: &str,
        most: usize,
    ) -> Result<Option<Vec<T>>, Problem> {
        self.list(name, most, |item, at| item.id(at, thing))
    }

    /// A list of 1 to `most` items, each read as a field of its place: `filter.statuses[0]`.
    fn list<T: PartialEq>(
        &mut self,
        name: &str,
        most: usize,
        read: impl Fn(&mut Self, &str) -> Result<Option<T>, Problem>,
    ) -> Result<Option<Vec<T>>, Problem> {
        let path = self.at(name);
        let items = match self.take(name) {
            None => return Ok(None),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(Problem::invalid_field(path, "must be a list")),
        };
        let mut list = Vec::new();
        for (index, value) in items.into_iter().enumerate() {
            let place = format!("[{index}]");
            let mut item = Self { fields: Map::from_iter([(place.clone(), value)]), path: path.clone() };
            let refused = |reason: &str| Problem::invalid_field(format!("{path}{place}"), reason);
            let value = read(&mut item, &place)?.ok_or_else(|| refused("must not be null"))?;
            if list.contains(&value) {
                return Err(refused("is in the list already"));
            }
            // Before the next one is looked for in it: a body has room for a hundred thousand.
            if list.len() == most {
                return Err(Problem::invalid_field(path, format!("must have {most} items at most")));
            }
            list.push(value);
        }
        if list.is_empty() { Err(Problem::invalid_field(path, "must not be empty")) } else { Ok(Some(list)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOURS: [(&str, u8); 2] = [("red", 1), ("blue", 2)];

    fn fields(list: &str) -> Fields {
        Fields::parse(format!(r#"{{"colours":{list}}}"#).as_bytes(), &["colours"]).expect("fields")
    }

    #[test]
    fn a_list_is_read_in_its_order_and_null_is_none() {
        assert_eq!(
            fields(r#"["blue","red"]"#).choices("colours", &COLOURS).expect("a list"),
            Some(vec![2, 1])
        );
        assert_eq!(fields("null").choices("colours", &COLOURS).expect("none"), None);
        let ids = fields(r#"["a","b"]"#).ids::<String>("colours", "paint", 2).expect("ids");
        assert_eq!(ids, Some(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn a_refusal_names_the_place() {
        for (list, place) in [
            (r#""red""#, "colours"),
            (r#"{"a":"red"}"#, "colours"),
            ("[]", "colours"),
            (r#"["red",null]"#, "colours[1]"),
            (r#"["red","green"]"#, "colours[1]"),
            ("[7]", "colours[0]"),
            (r#"["red","blue","red"]"#, "colours[2]"),
        ] {
            let refused = fields(list).choices("colours", &COLOURS).expect_err(list);
            assert_eq!(refused.body()["error"]["field"], place, "{list}");
        }
    }

    #[test]
    fn a_list_has_so_many_items_at_most() {
        let refused = fields(r#"["a","b","c"]"#).ids::<String>("colours", "paint", 2).expect_err("too many");
        assert_eq!(refused.body()["error"]["field"], "colours");
    }
}
