"""The commands of docs/operate.md that find calls that the relay gave up, with a message as Lambda would send it."""

import json
import os
from pathlib import Path

import pytest

from example_shell import Shell, environment
from markdown_pages import blocks

PREAMBLE = "".join(block.text for block in blocks("docs/local.md") if block.mark == "preamble")
(COMMANDS,) = [block.text for block in blocks("docs/operate.md") if block.text.startswith("given_up() {")]


@pytest.fixture
def shell(tmp_path) -> Shell:
    """At the stack of the tests."""
    own = {"STATE_DIR": str(Path(os.environ["STACK_FILE"]).resolve().parent)}
    return Shell(PREAMBLE, {**environment(tmp_path, mine=""), **own})


def records_of(stack, account, webhook, times: int) -> tuple[dict, list[dict]]:
    """Where the table's stream has these many new calls, and what it has of them."""
    streams = stack.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=stack.physical_ids["Calls"])["Streams"]
    at = {"StreamArn": stream["StreamArn"]}
    (shard,) = streams.describe_stream(**at)["StreamDescription"]["Shards"]
    at["ShardId"] = shard["ShardId"]
    iterator = streams.get_shard_iterator(**at, ShardIteratorType="LATEST")["ShardIterator"]
    for _ in range(times):
        account.trigger(webhook)
    made = {row["callId"] for row in account.read(f"{webhook.path}/requests")["items"]}
    found = streams.get_records(ShardIterator=iterator)["Records"]
    return at, [record for record in found if record["dynamodb"]["Keys"]["id"]["S"] in made]


def test_the_ids_of_calls_that_were_given_up_are_read_from_the_stream(stack, account, shell, tmp_path):
    webhook = account.inbound()
    account.campaign(webhook)
    at, records = records_of(stack, account, webhook, times=3)
    ids = [record["dynamodb"]["Keys"]["id"]["S"] for record in records]
    assert len(ids) == 3
    given_up = {
        "streamArn": at["StreamArn"],
        "shardId": at["ShardId"],
        "startSequenceNumber": records[1]["dynamodb"]["SequenceNumber"],
        "batchSize": 2,
    }
    (tmp_path / "given-up.json").write_text(json.dumps({"DDBStreamBatchInfo": given_up}), encoding="utf-8")
    ended = shell.run_script(f"set -euo pipefail\n{PREAMBLE}\ncd '{tmp_path}'\n{COMMANDS}")
    assert ended.returncode == 0, ended.stdout
    told = json.loads(ended.stdout)
    assert told[0] == ids[1] and ids[0] not in told
