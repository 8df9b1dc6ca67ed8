"""How the management API refuses: one shape, and the field to change where there is one."""


def assert_refused(answer, status: int, code: str | None = None, field: str | None = None) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"].startswith("application/json")
    assert set(answer.json()) == {"error"}
    assert set(answer.error) == {"code", "message", "field"} if field else set(answer.error) >= {"code", "message"}
    assert answer.error["message"]
    if code:
        assert answer.error["code"] == code, answer
    if field:
        named = answer.error["field"]
        assert named == field or named.startswith((field + ".", field + "[")), answer
