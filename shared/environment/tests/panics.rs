//! What the log says of a panic. In a process of its own: a process has one log, and prints it.

use std::process::Command;
use std::{env, panic};

const CHILD: &str = "PANICS_FOR_THE_TEST_OF_ITS_LOG";

#[test]
fn a_panic_is_logged_as_an_error_with_its_place_and_without_its_text() {
    if env::var_os(CHILD).is_some() {
        environment::start_log().expect("a log");
        let name = "Jane Doe";
        drop(panic::catch_unwind(|| panic!("{name} was cut")));
        return;
    }
    let test = "a_panic_is_logged_as_an_error_with_its_place_and_without_its_text";
    let output = Command::new(env::current_exe().expect("a program"))
        .args(["--exact", "--nocapture", test])
        .envs([(CHILD, "1"), ("LOG_LEVEL", "ERROR")])
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let line =
        said.lines().find(|line| line.contains(r#""level":"ERROR""#)).unwrap_or_else(|| panic!("{said}"));
    assert!(
        line.contains("shared/environment/tests/panics.rs:") && line.contains(r#""code":"panic""#),
        "{line}"
    );
    assert!(!said.contains("Jane") && !said.contains("was cut"), "{said}");
}
