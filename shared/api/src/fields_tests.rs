use domain::WebhookId;
use serde_json::json;

use super::*;

const KNOWN: [&str; 3] = ["name", "other", "inner"];

fn fields(body: Value) -> Fields {
    Fields::parse(body.to_string().as_bytes(), &KNOWN).expect("known fields")
}

/// A body of one field.
fn name(value: Value) -> Fields {
    fields(json!({ "name": value }))
}

/// The code of a refusal, and the field that it names.
fn refusal<T>(read: Result<T, Problem>) -> (String, String) {
    let body = read.err().expect("a refusal").body();
    let text = |part: &str| body["error"][part].as_str().unwrap_or_default().to_owned();
    (text("code"), text("field"))
}

fn invalid(field: &str) -> (String, String) {
    ("invalid_field".to_owned(), field.to_owned())
}

#[test]
fn a_body_has_256_kib_at_most() {
    let body = format!("{{}}{}", " ".repeat(262_142));
    assert!(Fields::parse(body.as_bytes(), &[]).is_ok() && Fields::parse_known(body.as_bytes(), &[]).is_ok());
    let larger = format!("{body} ");
    assert_eq!(refusal(Fields::parse(larger.as_bytes(), &[])).0, "body_too_large");
    assert_eq!(refusal(Fields::parse_known(larger.as_bytes(), &[])).0, "body_too_large");
    let much_larger = " ".repeat(300_000);
    assert_eq!(refusal(Fields::parse(much_larger.as_bytes(), &[])).0, "body_too_large");
    assert_eq!(refusal(Fields::parse_known(much_larger.as_bytes(), &[])).0, "body_too_large");
}

#[test]
fn a_body_is_one_json_object() {
    for body in ["", "{", "[]", "7", "{\"name\":}", "name=x"] {
        assert_eq!(refusal(Fields::parse(body.as_bytes(), &KNOWN)).0, "invalid_json", "{body}");
        assert_eq!(refusal(Fields::parse_known(body.as_bytes(), &KNOWN)).0, "invalid_json", "{body}");
    }
    let marked = b"\xef\xbb\xbf{\"name\":\"a\"}";
    let mut marked = Fields::parse(marked, &KNOWN).expect("an object");
    assert_eq!(marked.required_text("name", 9).expect("a text"), "a");
    let broken = Fields::parse(b"{\n\"name\":}", &KNOWN).expect_err("broken").body();
    assert!(broken["error"]["message"].as_str().is_some_and(|text| text.ends_with("line 2, column 8")));
}

#[test]
fn a_body_that_may_be_left_out_is_empty_or_an_object() {
    assert!(Fields::parse_optional(b"", &KNOWN).is_ok_and(|fields| fields.fields.is_empty()));
    assert_eq!(refusal(Fields::parse_optional(b"[]", &KNOWN)).0, "invalid_json");
    let mut sent = Fields::parse_optional(b"{\"name\":\"a\"}", &KNOWN).expect("an object");
    assert_eq!(sent.text("name", 9).expect("a text").as_deref(), Some("a"));
}

#[test]
fn a_field_that_the_route_does_not_know_is_named_but_where_others_send_the_body() {
    let long = "x".repeat(101);
    let body = json!({"name": "a", &long: 1}).to_string();
    let unknown = refusal(Fields::parse(body.as_bytes(), &KNOWN));
    assert_eq!(unknown, ("unknown_field".to_owned(), "x".repeat(100)));
    let mut known = Fields::parse_known(body.as_bytes(), &KNOWN).expect("an object");
    assert_eq!(known.fields.len(), 1);
    assert_eq!(known.text("name", 9).expect("a text").as_deref(), Some("a"));
}

#[test]
fn a_number_that_would_lose_digits_is_refused_with_its_field() {
    let body = br#"{"inner":{"a":123456789012345678901234567890}}"#;
    assert_eq!(refusal(Fields::parse(body, &KNOWN)), invalid("inner"));
}

#[test]
fn a_text_is_seen_and_no_longer_than_it_may_be() {
    assert_eq!(name(json!("\u{e4}b")).text("name", 2).expect("a text").as_deref(), Some("\u{e4}b"));
    assert_eq!(name(json!("a\0b")).text("name", 3).expect("a text").as_deref(), Some("ab"));
    assert_eq!(name(json!(null)).text("name", 2).expect("none"), None);
    assert_eq!(fields(json!({})).text("name", 2).expect("none"), None);
    for wrong in [json!("abc"), json!("abcd"), json!(""), json!(" "), json!(7), json!(["a"])] {
        assert_eq!(refusal(name(wrong.clone()).text("name", 2)), invalid("name"), "{wrong}");
    }
}

#[test]
fn a_text_that_may_be_blank_is_absent_when_it_is() {
    for blank in [json!(""), json!(" \t"), json!(null)] {
        assert_eq!(name(blank.clone()).optional_text("name", 2).expect("none"), None, "{blank}");
    }
    assert_eq!(name(json!("ab")).optional_text("name", 2).expect("a text").as_deref(), Some("ab"));
    assert_eq!(refusal(name(json!(7)).optional_text("name", 2)), invalid("name"));
}

#[test]
fn what_is_required_and_absent_is_missing() {
    let missing = ("missing_field".to_owned(), "name".to_owned());
    assert_eq!(refusal(name(json!(null)).required_text("name", 2)), missing);
    assert_eq!(refusal(fields(json!({})).required_whole_number("name", 1..=9)), missing);
    assert_eq!(name(json!("ab")).required_text("name", 2).expect("a text"), "ab");
    assert_eq!(name(json!(7)).required_whole_number("name", 1..=9).expect("a number"), 7);
}

#[test]
fn a_choice_is_one_of_the_texts() {
    let choices = [("on", 1), ("off", 2)];
    assert_eq!(name(json!("off")).choice("name", &choices).expect("a choice"), Some(2));
    assert_eq!(name(json!("on")).choice("name", &choices).expect("a choice"), Some(1));
    assert_eq!(name(json!(null)).choice("name", &choices).expect("none"), None);
    for wrong in [json!("ON"), json!(""), json!(1)] {
        assert_eq!(refusal(name(wrong.clone()).choice("name", &choices)), invalid("name"), "{wrong}");
    }
}

#[test]
fn a_flag_is_true_or_false() {
    for flag in [true, false] {
        assert_eq!(name(json!(flag)).boolean("name").expect("a flag"), Some(flag));
    }
    assert_eq!(name(json!(null)).boolean("name").expect("none"), None);
    assert_eq!(refusal(name(json!("true")).boolean("name")), invalid("name"));
}

#[test]
fn a_whole_number_lies_in_its_range() {
    for number in [2, 9] {
        assert_eq!(name(json!(number)).whole_number("name", 2..=9).expect("a number"), Some(number));
    }
    assert_eq!(name(json!(null)).whole_number("name", 2..=9).expect("none"), None);
    for wrong in [json!(1), json!(10), json!(2.5), json!("3")] {
        assert_eq!(refusal(name(wrong.clone()).whole_number("name", 2..=9)), invalid("name"), "{wrong}");
    }
}

#[test]
fn an_object_that_is_carried_comes_out_as_it_went_in_up_to_its_size() {
    let read = |max| name(json!({"a": 1})).opaque_object("name", max);
    let object = read(7).expect("small enough").expect("an object");
    assert_eq!(object.as_raw().get(), r#"{"a":1}"#);
    assert_eq!(refusal(read(6)), invalid("name"));
    assert!(name(json!(null)).opaque_object("name", 7).expect("none").is_none());
    assert_eq!(refusal(name(json!([])).opaque_object("name", 7)), invalid("name"));
}

#[test]
fn a_field_of_an_object_is_named_by_its_path() {
    let mut inner = fields(json!({"inner": {"url": 7}})).object("inner", &["url"]).expect("known");
    let inner = inner.as_mut().expect("an object");
    assert_eq!(refusal(inner.text("url", 9)), invalid("inner.url"));
    let unknown = fields(json!({"inner": {"x": 7}})).object("inner", &["url"]);
    assert_eq!(refusal(unknown), ("unknown_field".to_owned(), "inner.x".to_owned()));
    assert!(fields(json!({"inner": null})).object("inner", &["url"]).expect("none").is_none());
    assert_eq!(refusal(fields(json!({"inner": 7})).object("inner", &["url"])), invalid("inner"));
}

#[test]
fn an_id_has_the_shape_of_its_kind() {
    let id = |value| name(value).id::<WebhookId>("name", "webhook");
    assert_eq!(id(json!("wh_1")).expect("an id"), WebhookId::parse("wh_1").ok());
    assert_eq!(id(json!(null)).expect("none"), None);
    assert_eq!(refusal(id(json!("acc_1"))), invalid("name"));
}

#[test]
fn a_url_is_one_that_the_deployment_admits() {
    let url = |value, admits: Result<(), &'static str>| name(value).target_url("name", |_| admits);
    let read = url(json!("https://example.com/a"), Ok(())).expect("a URL").expect("one");
    assert_eq!(read.as_str(), "https://example.com/a");
    assert_eq!(url(json!(null), Ok(())).expect("none"), None);
    assert_eq!(refusal(url(json!("example.com"), Ok(()))), invalid("name"));
    assert_eq!(refusal(url(json!("https://example.com/a"), Err("is not"))), invalid("name"));
}

#[test]
fn a_patch_changes_what_it_names_and_clears_what_it_names_as_null() {
    let change = |body| fields(body).change("name", |fields, name| fields.text(name, 9));
    assert_eq!(change(json!({})).expect("nothing"), None);
    assert_eq!(change(json!({"name": null})).expect("cleared"), Some(None));
    assert_eq!(change(json!({"name": "a"})).expect("changed"), Some(Some("a".to_owned())));
}

#[test]
fn a_field_that_cannot_be_cleared_refuses_null() {
    let set = |body| fields(body).set("name", |fields, name| fields.text(name, 9));
    assert_eq!(set(json!({})).expect("nothing"), None);
    assert_eq!(set(json!({"name": "a"})).expect("changed"), Some("a".to_owned()));
    assert_eq!(refusal(set(json!({"name": null}))), invalid("name"));
}

#[test]
fn any_json_is_taken_as_it_came_and_null_is_nothing() {
    for value in [json!(0), json!(false), json!(""), json!([null]), json!({"a": {"b": 1}})] {
        assert_eq!(name(value.clone()).json("name"), Some(value));
    }
    assert_eq!(name(Value::Null).json("name"), None);
    assert_eq!(fields(json!({})).json("name"), None);
}
