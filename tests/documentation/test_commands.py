"""Every command that a page prints works as it is printed, from the top of the page to its end.

A block is run in the shell of its page, after the preamble of docs/local.md. The word after the language says what
else: `preamble` is run before every page, `background` runs beside them all. With any other word (`aws`, `docker`, …)
the block is not run, and stands in NOT_RUN with the reason.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from example_shell import PROGRAMS, UP_PATIENCE_S, Receiver, SecondTerminal, Shell, environment
from markdown_pages import CHECKOUT, Block, blocks, pages
from portal_tokens import opens_the_portal

BLOCKS = [block for page in pages() for block in blocks(page)]
COMMANDS = [block for block in BLOCKS if block.language in ("sh", "bash", "shell", "console")]
RUN = [block for block in COMMANDS if block.mark == ""]
PREAMBLE = [block for block in COMMANDS if block.mark == "preamble"]
BACKGROUND = [block for block in COMMANDS if block.mark == "background"]
# By page and first words.
NOT_RUN = {
    ("README.md", "export AWS_REGION=us-east-1"): "deploys to AWS",
    ("SECURITY.md", "aws kms rotate-key-on-demand"): "the emulator has no RotateKeyOnDemand",
    ("SECURITY.md", "aws iam create-access-key"): "for a user of the deployment's AWS account",
    ("docs/deploy.md", "export AWS_REGION=us-east-1"): "deploys to AWS",
    ("docs/alarms.md", "TOPIC="): "deploys to AWS",
    ("docs/deploy.md", "sam deploy --parameter-overrides"): "deploys to AWS",
    ("docs/deploy.md", "API_URL=https://…"): "asks the API that was deployed",
    ("docs/deploy.md", "output() {"): "reads the outputs of what was deployed",
    ("docs/deploy.md", "aws lambda get-account-settings"): "asks for the quota of an AWS account",
    ("docs/operate.md", "sam deploy --parameter-overrides"): "deploys to AWS",
    ("docs/operate.md", "given_up() {"): "run by test_given_up.py, with a message: the emulator gives nothing up",
    ("docs/operate.md", "arn() {"): "the emulator has no StartMessageMoveTask",
    ("docs/operate.md", "CALL=call_…"): "the function is the one that was deployed",
    ("docs/portal.md", "PORTAL_NAME="): "changes the stack that the other pages use",
    ("docs/cost.md", "make bench"): "builds with fat LTO and measures for minutes",
    ("events/README.md", "pip install aws-sam-cli"): "needs Docker, and builds with cargo-lambda",
    ("events/README.md", "make local-invoke"): "needs Docker",
    ("integrations/zapier/README.md", "npm install --global"): "publishes the app at Zapier",
    ("integrations/zapier/README.md", "make integrations"): "tests that are run anyway",
    ("infra/local/README.md", "make up\nsam build"): "builds with cargo-lambda",
    ("tests/README.md", "STACK_FILE="): "tests that are run anyway, and would wait for jobs that the dialer takes",
    ("tests/fuzz/README.md", "target/fuzz/<host>"): "needs an input that fails",
    ("tests/fuzz/README.md", "cargo fuzz"): "needs cargo-fuzz",
}
# What a block may be that is not run: data, and code for a receiver's own program.
# Queries of the log are looked at by test_log_queries.py.
OTHER_LANGUAGES = {"html", "json", "text", "python", "js", "rust", "logs-insights"}
SCHEMAS = {
    "call.job": "call-job.v1.json",
    "call.completion": "call-completion.v1.json",
    "WebhookDisabled": "operational-event.v1.json",
}


def named(block: Block) -> str:
    return f"{block.page}:{block.line}"


@pytest.fixture(scope="module")
def stack_of_pages(tmp_path_factory) -> Iterator[tuple[Shell, str]]:
    """A shell in a stack of its own, with what `make up` printed. The dialer would take the jobs of other tests."""
    receiver = Receiver()
    shell = Shell(
        preamble="".join(block.text for block in PREAMBLE),
        environment=environment(tmp_path_factory.mktemp("terminal"), receiver.url),
    )
    shell.run_script("make down")  # of a run that was killed
    started = shell.run_script("make up", UP_PATIENCE_S)
    terminals = [SecondTerminal(block, shell.environment) for block in BACKGROUND]
    try:
        assert started.returncode == 0, started.stdout
        yield shell, started.stdout
    finally:
        for terminal in terminals:
            terminal.stop()
        shell.run_script("make down")
        receiver.close()


@pytest.fixture(scope="module")
def shell(stack_of_pages) -> Shell:
    return stack_of_pages[0]


# The first test that needs the stack: the link is good for five minutes.
def test_the_link_that_make_up_prints_opens_the_portal(stack_of_pages):
    (link,) = re.findall(r"^ *portal +(http\S+)$", stack_of_pages[1], re.MULTILINE)
    assert opens_the_portal(link)


@pytest.mark.parametrize("page", sorted({block.page for block in RUN}))
def test_a_page_can_be_pasted_from_top_to_bottom(shell, page):
    ended = shell.run([block for block in RUN if block.page == page])
    assert ended.returncode == 0, ended.stdout


def test_the_preamble_stands_on_one_page():
    assert {block.page for block in PREAMBLE + BACKGROUND} == {"docs/local.md"}


def test_the_blocks_that_are_not_run_are_the_listed_ones():
    marked = [block for block in COMMANDS if block not in RUN + PREAMBLE + BACKGROUND]
    listed = {named(block): entry for entry in NOT_RUN for block in marked if _is(block, *entry)}
    assert [named(block) for block in marked if named(block) not in listed] == []
    assert set(NOT_RUN) - set(listed.values()) == set(), "no such block is there any more"


READ_ONLY = [block for block in BLOCKS if block.language == "js" or (block in COMMANDS and block not in RUN)]


@pytest.mark.parametrize("block", READ_ONLY, ids=named)
def test_what_is_not_run_can_be_read_by_its_program(block):
    reader = [PROGRAMS["node"], "--check", "--input-type=module", "-"] if block.language == "js" else ["bash", "-n"]
    read = subprocess.run(reader, input=block.text, capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def _is(block: Block, page: str, first_words: str) -> bool:
    return block.page == page and block.text.startswith(first_words)


def test_no_block_hides_commands_behind_another_language():
    others = [block for block in BLOCKS if block not in COMMANDS and block.language not in OTHER_LANGUAGES]
    # A crate's README is its rustdoc, where a block without a language is Rust and run by `cargo test`.
    assert [named(block) for block in others if block.language or not block.page.startswith("shared/")] == []


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "json"], ids=named)
def test_an_example_in_json_can_be_read_and_fits_its_schema(block):
    example = json.loads(block.text)
    schema = SCHEMAS.get(example.get("type"))
    if schema is not None:
        described = json.loads((CHECKOUT / "infra" / "schemas" / schema).read_text(encoding="utf-8"))
        # An id is shortened to "call_…" on a page.
        complete = json.loads(block.text.replace("_…", "_1"))
        Draft202012Validator(described).validate(complete)


def test_the_receiver_in_python_takes_what_is_signed_and_refuses_what_is_not():
    (code,) = [block for block in BLOCKS if block.language == "python"]
    printed = {}
    exec(compile(code.text, named(code), "exec"), printed)  # noqa: S102 (it is what the page prints)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": printed["webhook"].sign("msg_1", now, '{"a":1}'),
    }
    assert printed["receive"](b'{"a":1}', headers) == {"a": 1}
    assert printed["receive"](b'{"a":2}', headers) is None
