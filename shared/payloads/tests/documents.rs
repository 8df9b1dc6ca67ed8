//! What a document is refused for, and what becomes of one.

use domain::{Event, Payload, SAMPLE_WEBHOOK_ID, sample_call, sample_transcript};
use payloads::{ContentType, Template};
use serde_json::{Value, json};

fn rendered(document: &Value) -> (ContentType, String) {
    let mut call = sample_call();
    call.action_items = Some(vec!["Call back.".into(), "Send the plan.".into()]);
    let transcript = serde_json::value::to_raw_value(&sample_transcript()).expect("JSON");
    let payload = Payload {
        event: Event::CallFinished,
        webhook_id: SAMPLE_WEBHOOK_ID,
        call: &call,
        transcript: Some(&transcript),
    };
    let rendered = Template::for_saving(document).expect("a payload").render(&payload).expect("a body");
    (rendered.content_type, String::from_utf8(rendered.body).expect("UTF-8"))
}

fn value_of(expression: &str) -> Value {
    let (_, body) = rendered(&json!({"json": {"it": format!("{{{{ {expression} }}}}")}}));
    serde_json::from_str::<Value>(&body).expect("JSON")["it"].take()
}

#[test]
fn no_debug_shows_what_is_sent() {
    let call = sample_call();
    let payload =
        Payload { event: Event::CallFinished, webhook_id: SAMPLE_WEBHOOK_ID, call: &call, transcript: None };
    let template = Template::for_saving(&json!({"text": "Jannetje"})).expect("a payload");
    let shown = format!("{:?}", template.render(&payload).expect("a body"));
    assert_eq!(shown, "Rendered { content_type: Text, other: *** }");
}

#[test]
fn a_refusal_is_told_with_its_place_if_it_has_one() {
    let told = |document: Value| Template::parse(&document).err().expect("it is refused").to_string();
    assert_eq!(told(json!({"text": 7})), "text: This is a text.");
    assert!(told(json!([])).starts_with("A payload is {\"json\""));
    let long = told(json!({"json": {"n".repeat(5_000): {"a": "{{"}}}));
    assert!(long.chars().count() < 300 && long.ends_with("has no }}."), "{long}");
}

#[test]
fn an_expression_alone_keeps_its_type() {
    for (expression, value) in [
        ("call.duration", json!(123)),
        ("call.durationMs", json!(123_000)),
        ("call.duration > 100", json!(true)),
        ("call.duration / 2", json!(61.5)),
        ("call.actionItems", json!(["Call back.", "Send the plan."])),
        ("call.actionItemsText", json!("Call back.\nSend the plan.")),
        ("call.transcript[0].who if call.transcript else ''", json!("assistant")),
        (
            "call.transcriptText",
            json!("assistant: Hi Jessica, this is Alex.\nuser: I'm doing well, thanks for calling!"),
        ),
        ("call.recipient.name", json!("Jessica Smith")),
        ("call.recipient.companyName", json!("")),
        ("call.metadata", json!({})),
        ("call.metadata.deal.id", json!(null)),
        ("call.metadata.deal.id | default(7)", json!(7)),
        (
            "call.analysis",
            json!({"sentiment": "positive", "lead_warmth": "hot", "justification": "Example justification."}),
        ),
        ("'Interested' if call.analysis.lead_warmth == 'hot' else 'No Answer'", json!("Interested")),
        ("call.createdAt", json!(1_730_179_200_000_u64)),
        ("none", json!(null)),
        ("{'a': [1, {'b': call.status}]}", json!({"a": [1, {"b": "finished"}]})),
    ] {
        assert_eq!(value_of(expression), value, "{expression}");
    }
}

#[test]
fn a_number_of_a_crm_keeps_every_digit() {
    let numbers = [
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551616",
        "-170141183460469231731687303715884105728",
        "340282366920938463463374607431768211455",
        "1234567890123456789012345678901234567890",
        "0.12345678901234567890123",
        "9007199254740993.0",
        "1e-400",
    ];
    let call = |number: &str| {
        let text = format!(r#"{{"deal":{{"id":{number},"all":[{number}]}}}}"#);
        domain::Call { metadata: domain::JsonObject::try_from(text).ok(), ..sample_call() }
    };
    let document = json!({"json": {
        "alone": "{{ call.metadata.deal.id }}",
        "inside": "<{{ call.metadata.deal.id }}>",
        "joined": "{{ call.metadata.deal.id ~ '!' }}",
        "or": "{{ call.metadata.deal.id | default(7) }}",
        "whole": "{{ call.metadata }}",
        "text": "{{ call.metadata | json }}",
    }});
    let template = Template::for_saving(&document).expect("a payload");
    for number in numbers {
        let call = call(number);
        let payload = Payload {
            event: Event::CallFinished,
            webhook_id: SAMPLE_WEBHOOK_ID,
            call: &call,
            transcript: None,
        };
        let body = template.render(&payload).expect("a body").body;
        let expected = [
            format!(r#"{{"alone":{number},"inside":"<{number}>","joined":"{number}!","or":{number},"#),
            format!(r#""whole":{{"deal":{{"id":{number},"all":[{number}]}}}},"#),
            format!(r#""text":"{{\"deal\":{{\"id\":{number},\"all\":[{number}]}}}}"}}"#),
        ];
        assert_eq!(String::from_utf8(body).expect("UTF-8"), expected.concat());
    }
}

#[test]
fn the_filters_do_as_they_are_called() {
    for (expression, value) in [
        ("call.recipient.companyName | default('none')", json!("none")),
        ("call.recipient.firstName | default('none')", json!("Jessica")),
        ("'ÄB' | lower", json!("äb")),
        ("'ä' | upper", json!("Ä")),
        ("' a ' | trim", json!("a")),
        ("'abcdef' | truncate(4)", json!("abc…")),
        ("'abcd' | truncate(4)", json!("abcd")),
        ("call.actionItems | join('; ')", json!("Call back.; Send the plan.")),
        ("call.metadata.tags | join", json!("")),
        ("(call.metadata.x | default(none)) == none", json!(true)),
        ("'vip' in (call.metadata.tags | default([]))", json!(false)),
        ("call.createdAt | date", json!("2024-10-29T05:20:00Z")),
        ("call.createdAt | date('%d/%m/%Y %H:%M')", json!("29/10/2024 05:20")),
        ("'2024-10-29T07:20:00+02:00' | date('%H')", json!("05")),
        ("call.metadata.when | date", json!("")),
        ("2.567 | round(1)", json!(2.6)),
        ("2.5 | round", json!(3)),
        ("7 | round(2)", json!(7)),
        ("1e300 | round(10)", json!(1e300)),
        ("call.recipient.phoneNumber | digits", json!("15555551234")),
        ("call.actionItems | json", json!(r#"["Call back.","Send the plan."]"#)),
        ("call.recipient.companyName | default(none)", json!(null)),
        ("call.metadata.x | default(none)", json!(null)),
        ("call.recipient.firstName | default(none)", json!("Jessica")),
        ("call.recipient.companyName | default", json!("")),
        ("'4712' | number", json!(4712)),
        ("' -1.5 ' | number", json!(-1.5)),
        ("'4712' | number + 1", json!(4713)),
        ("4712 | number", json!(4712)),
        ("' ' | number", json!(null)),
        ("call.metadata.x | number", json!(null)),
    ] {
        assert_eq!(value_of(expression), value, "{expression}");
    }
}

#[test]
fn an_expression_in_a_longer_text_is_written_as_text() {
    let (content_type, body) = rendered(&json!({"json": [
        "{{ call.recipient.firstName }} for {{ call.duration }} s, {{ call.metadata.x }}{{ call.actionItems }}", 1, null
    ]}));
    assert_eq!(content_type.as_str(), "application/json");
    assert_eq!(body, r#"["Jessica for 123 s, [\"Call back.\",\"Send the plan.\"]",1,null]"#);
}

#[test]
fn nulls_are_left_out_of_objects_when_asked() {
    let inner = json!({"b": "{{ call.metadata.b }}", "c": null, "d": "", "e": [null, "{{ none }}"]});
    let (_, body) = rendered(&json!({"json": {"a": "{{ none }}", "in": inner}, "omitNulls": true}));
    assert_eq!(body, r#"{"in":{"d":"","e":[null,null]}}"#);
    let (_, body) = rendered(&json!({"json": {"a": "{{ none }}"}}));
    assert_eq!(body, r#"{"a":null}"#);
}

#[test]
fn a_form_and_a_text_are_bodies_too() {
    let (content_type, body) = rendered(
        &json!({"form": {"first name": "{{ call.recipient.firstName }} & co", "n": "{{ call.duration }}"}}),
    );
    assert_eq!(
        (content_type.as_str(), body.as_str()),
        ("application/x-www-form-urlencoded", "first+name=Jessica+%26+co&n=123")
    );
    let (content_type, body) = rendered(&json!({"text": "{{ call.status }}: {{ call.summary }}"}));
    assert_eq!(content_type.as_str(), "text/plain; charset=utf-8");
    assert_eq!(body, "finished: Example call summary from the test button.");
}

#[test]
fn a_text_that_is_a_number_becomes_one_with_every_digit_and_what_is_none_ends_the_rendering() {
    let template =
        Template::for_saving(&json!({"json": {"id": "{{ call.metadata.id | number }}"}})).expect("a payload");
    let render = |metadata: &Value| {
        let metadata = domain::JsonObject::new(metadata.as_object().expect("an object")).ok();
        let call = domain::Call { metadata, ..sample_call() };
        let payload = Payload { event: Event::CallFinished, webhook_id: "x", call: &call, transcript: None };
        template.render(&payload)
    };
    for digits in ["18446744073709551616", "0.12345678901234567890123", "1e-400"] {
        let body = render(&json!({"id": digits})).expect("a body").body;
        assert_eq!(String::from_utf8(body).expect("UTF-8"), format!(r#"{{"id":{digits}}}"#));
    }
    for none in [
        json!("00123"),
        json!("a lot"),
        json!("1,5"),
        json!("+1"),
        json!("0x1"),
        json!("NaN"),
        json!("1e999"),
        json!("null"),
        json!("1 2"),
        json!(true),
        json!([1]),
    ] {
        let failed = render(&json!({"id": none})).expect_err("no number");
        assert_eq!(failed.place, "json.id", "{none}");
        assert!(failed.reason.contains("`number` wants a number"), "{none}: {}", failed.reason);
    }
}

fn refused(document: &Value) -> (String, String) {
    let refused = Template::for_saving(document).err().unwrap_or_else(|| panic!("{document} is a payload"));
    (refused.place, refused.reason)
}

#[test]
fn a_document_may_have_a_body_for_every_call_that_rang_and_none_for_a_cancelled_one() {
    let by_status =
        |text: &str| Template::for_saving(&json!({"json": {"said": text}})).expect("a body for the others");
    let some = by_status("{{ {'finished': 'yes', 'missed': 'no', 'failed': 'no'}[call.status] }}");
    let refused = some.try_with_a_cancelled_call().expect_err("no word for it");
    assert_eq!(refused.place, "json.said");
    assert!(refused.reason.ends_with("(Tried with a cancelled call.)"), "{}", refused.reason);
    let all = by_status("{{ {'finished': 'yes'}[call.status] | default('no') }}");
    assert_eq!(all.try_with_a_cancelled_call(), Ok(()));
}

#[test]
fn a_refusal_names_the_place_and_the_reason() {
    for (document, place, reason) in [
        (
            json!({"json": {"a": {"b c": ["x", "{{ call.sumary }}"]}}}),
            "json.a[\"b c\"][1]",
            "There is no `call.sumary`.",
        ),
        (json!({"json": "{{ call.summary"}), "json", "begins with {{ and has no }}"),
        (json!({"json": "{{ }}"}), "json", "no expression"),
        (json!({"json": "{{ 1 + }}"}), "json", "not an expression"),
        (json!({"json": "{% for x in y %}"}), "json", "no statements"),
        (json!({"json": "{{ call.duration * 2 }}"}), "json", "`*`"),
        (json!({"json": "{{ 'a' | shout }}"}), "json", "no filter `shout`"),
        (json!({"json": "{{ range(9) }}"}), "json", "no functions"),
        (json!({"json": "{{ call.summary is defined }}"}), "json", "Tests"),
        (json!({"json": "{{ call.transcript[0].what }}"}), "json", "not there. (Tried with a missed call"),
        (json!({"json": "{{ call['sumary'] }}"}), "json", "what is not there"),
        (json!({"json": "{{ call.summary / 2 }}"}), "json", "cannot be evaluated"),
        (
            json!({"json": "{{ 60 / call.duration }}"}),
            "json",
            "divided by zero, or becomes too large. (Tried with a missed",
        ),
        (json!({"text": "{{ 60 // call.duration }}"}), "text", "divides by zero"),
        (json!({"json": "{{ call.id | default(1, true) }}"}), "json", "too many arguments"),
        (json!({"json": "{{ call.finishedAt | date('YYYY-MM-DD') }}"}), "json", "`%Y-%m-%d` is one"),
        (json!({"json": "{{ {1: 'a', '1': 'b'} }}"}), "json", "names of an object are texts"),
        (json!({"json": format!("{{{{ '{}' }}}}", "x".repeat(512))}), "json", "at most 512 characters"),
        (json!({"json": format!("{{{{ {}1 }}}}", "call.id ~ ".repeat(9))}), "json", "at most 8 things"),
        (json!({"json": vec!["{{ 1 }}"; 129]}), "", "at most 128 expressions"),
        (json!({"json": "x".repeat(16 * 1024)}), "", "at most 16 KiB"),
        (json!({"json": 1, "form": {}}), "", "A payload is"),
        (json!({"form": {}}), "form", "A form is an object"),
        (json!({"form": {"a": 1}}), "form.a", "is a text"),
        (json!({"text": 1}), "text", "is a text"),
        (json!({"text": "a", "omitNulls": true}), "omitNulls", "not known here"),
        (json!({"json": 1, "omitNulls": 1}), "omitNulls", "true or false"),
        (json!([]), "", "A payload is"),
    ] {
        let (found, said) = refused(&document);
        assert_eq!(found, place, "{document}: {said}");
        assert!(said.contains(reason), "{document}: {said}");
    }
    let deep = (0..17).fold(json!(1), |inner, _| json!([inner]));
    assert!(refused(&json!({"json": deep})).1.contains("16 deep"));
}

#[test]
fn a_call_that_has_no_body_ends_with_the_place_and_without_anything_of_the_call() {
    let metadata =
        json!({"ssn": 123_456_789, "zero": 0, "huge": i64::MAX, "format": "%Q4711", "name": "Jessica 4711"});
    let metadata = domain::JsonObject::new(metadata.as_object().expect("an object")).ok();
    let call = domain::Call { metadata, ..sample_call() };
    let payload = Payload { event: Event::CallFinished, webhook_id: "x", call: &call, transcript: None };
    for expression in [
        "call.metadata.ssn // call.metadata.zero",
        "call.metadata.ssn % call.metadata.zero",
        "call.metadata.ssn / call.metadata.zero",
        "'' ~ (call.metadata.ssn / call.metadata.zero) | json",
        "(170141183460469231731687303715884105727 + call.metadata.ssn)",
        "(-170141183460469231731687303715884105727 - call.metadata.ssn)",
        "call.metadata.ssn + call.metadata.name",
        "-call.metadata.name",
        "call.createdAt | date(call.metadata.format)",
        "call.metadata.name | date",
        "call.metadata.name | number",
        "call.metadata.name | round",
        "call.summary | truncate(call.metadata.name)",
        "call.metadata.name | join",
        "call.metadata.ssn in call.metadata.ssn",
        "call.metadata.ssn[1:]",
        "call.metadata.name[call.metadata.name:]",
    ] {
        let template =
            Template::parse(&json!({"json": {"n": format!("{{{{ {expression} }}}}")}})).expect("a payload");
        let failed = template.render(&payload).expect_err(expression);
        assert_eq!(failed.place, "json.n", "{expression}");
        for said in ["123456789", "4711", "Q", "Jessica", "17014118"] {
            assert!(!failed.reason.contains(said), "{expression}: {}", failed.reason);
        }
    }
}
