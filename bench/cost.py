"""Dollars per million accepted requests, completions and deliveries, from bench/results.json and a price table.

    python3 bench/cost.py [results.json]     prints the figures of docs/cost.md's text, and all its tables

What is measured: calls to AWS with their units, and CPU. What is assumed stands in ASSUMED.
"""

import json
import math
import sys
from pathlib import Path

# us-east-1, on demand, arm64, without free tiers; list prices as known on this day, dollars.
PRICES_OF = "2025-11-01"
PRICES = {
    "API Gateway request (HTTP API)": 1.00e-6,
    "Lambda invocation": 0.20e-6,
    "Lambda GB-second": 1.33334e-5,
    "DynamoDB write unit": 0.625e-6,
    "DynamoDB read unit": 0.125e-6,
    "SQS FIFO request": 0.50e-6,
    "SQS request": 0.40e-6,
    "SQS fair queue request": 0.50e-6,
    "KMS request": 3.0e-6,
    "CloudWatch GB": 0.50,
    "GB out": 0.09,
}
ASSUMED = {
    "round trip ms": 6.0,  # to AWS; how many there are one after the other stands at each event
    "receiver ms": 100.0,  # the slowest of a batch
    "log bytes an invocation": 450.0,  # START, END, REPORT
    "log bytes a line": 400.0,
    "bytes out a delivery": 2_500.0,  # 1.5 KB payload, headers, the handshake's share
}
DELIVERIES_A_BATCH = 10
CALLS_A_BATCH = 100  # of the relay's
JOBS_A_MESSAGE = 10
MEMORY = (128, 256, 512, 1024)
USUAL_MEMORY = 256
FULL_CPU_MB = 1769


def lambda_dollars(cpu_ms: float, waiting_ms: float, memory: int) -> float:
    """Of one invocation. Below 1,769 MB a function has that share of a processor."""
    share = min(memory / FULL_CPU_MB, 1.0)
    seconds = max(cpu_ms / share + waiting_ms, 1.0) / 1000
    return PRICES["Lambda invocation"] + seconds * memory / 1024 * PRICES["Lambda GB-second"]


def dynamodb_dollars(figures: dict[str, float], event: str, made: float) -> float:
    """Of one of those that are made by such an event."""
    reads, writes = figures[f"calls.{event}.reads"], figures[f"calls.{event}.writes"]
    return (reads * PRICES["DynamoDB read unit"] + writes * PRICES["DynamoDB write unit"]) / made


def log_dollars(lines: float, invocations: float) -> float:
    size = lines * ASSUMED["log bytes a line"] + invocations * ASSUMED["log bytes an invocation"]
    return size / 1e9 * PRICES["CloudWatch GB"]


def request_of_many(figures: dict[str, float], memory: int) -> dict[str, float]:
    """`inbound` has seen the slug within the last seconds, and `relay` takes a full batch."""
    return request(figures, memory, "request", 2, CALLS_A_BATCH)


def lone_request(figures: dict[str, float], memory: int) -> dict[str, float]:
    """The slug and what hangs on it are read, one after the other."""
    return request(figures, memory, "request.first", 4, 1)


def request(
    figures: dict[str, float], memory: int, event: str, round_trips: int, calls_a_batch: int
) -> dict[str, float]:
    cpu_ms = figures[f"calls.{event}"] * ms_of_a_call(figures)
    return {
        "API Gateway": PRICES["API Gateway request (HTTP API)"],
        "Lambda": lambda_dollars(cpu_ms, round_trips * ASSUMED["round trip ms"], memory),
        "DynamoDB": dynamodb_dollars(figures, event, 1),
        "SQS": PRICES["SQS FIFO request"],
        "relay": relay_dollars(figures, memory, calls_a_batch),
        "logs": log_dollars(1, 1),
    }


def relay_dollars(figures: dict[str, float], memory: int, calls: int) -> float:
    """Of one call in a batch of so many: its item and its campaign are read, its job sent once more."""
    messages = math.ceil(calls / JOBS_A_MESSAGE)
    cpu_ms = (2 + messages) * ms_of_a_call(figures)
    batch = lambda_dollars(cpu_ms, 3 * ASSUMED["round trip ms"], memory)
    batch += messages * PRICES["SQS FIFO request"] + log_dollars(1, 1)
    return 2 * PRICES["DynamoDB read unit"] + batch / calls


def ms_of_a_call(figures: dict[str, float]) -> float:
    """CPU of a call to AWS, with its share of all else: nine tenths of a request are its calls (bench/README.md)."""
    return figures["inbound.cpu"] / 1000 / figures["calls.request"]


def lone_completion(figures: dict[str, float], memory: int, endpoints: int = 1) -> dict[str, float]:
    return completion(figures, memory, "1", 1, endpoints)


def completion_of_a_batch(figures: dict[str, float], memory: int, endpoints: int = 1) -> dict[str, float]:
    return completion(figures, memory, "batch", 10, endpoints)


def completion(figures: dict[str, float], memory: int, kind: str, size: int, endpoints: int) -> dict[str, float]:
    """With so many endpoints (a few: they cost nothing else), in a batch of so many of its account."""
    messages = math.ceil(size * endpoints / DELIVERIES_A_BATCH)
    return {
        "Lambda": lambda_dollars(size * figures[f"fanout.{kind}.cpu"], 5 * ASSUMED["round trip ms"], memory) / size,
        "DynamoDB": dynamodb_dollars(figures, f"completion.{kind}", size),
        # Sent by itself; received and deleted for the whole batch, and its deliveries sent by ten.
        "SQS": PRICES["SQS request"] + (2 * PRICES["SQS request"] + messages * PRICES["SQS fair queue request"]) / size,
        "logs": log_dollars(1, 1 / size),
    }


def delivery_of_a_batch(figures: dict[str, float], memory: int) -> dict[str, float]:
    return delivery(figures, memory, "delivery.batch", DELIVERIES_A_BATCH, figures["deliver.tls_1.cpu"])


def lone_delivery(figures: dict[str, float], memory: int) -> dict[str, float]:
    # What is measured is one of ten, whose calls to AWS are shared.
    cpu_ms = figures["deliver.tls_1.cpu"] + figures["calls.delivery"] * ms_of_a_call(figures)
    return delivery(figures, memory, "delivery", 1, cpu_ms)


def delivery_after_a_rest(figures: dict[str, float], memory: int) -> dict[str, float]:
    """The endpoint has had none for five minutes: its headers and its secret are opened anew."""
    return lone_delivery(figures, memory) | {"KMS": figures["calls.delivery.first.Decrypt"] * PRICES["KMS request"]}


def delivery(figures: dict[str, float], memory: int, event: str, size: int, cpu_ms: float) -> dict[str, float]:
    """In a batch of so many, each with this CPU."""
    waiting = 3 * ASSUMED["round trip ms"] + ASSUMED["receiver ms"]
    return {
        "Lambda": lambda_dollars(size * cpu_ms, waiting, memory) / size,
        "DynamoDB": dynamodb_dollars(figures, event, size),
        # Received and deleted; what sends it is in the price of a completion.
        "SQS": 2 / size * PRICES["SQS fair queue request"],
        "logs": log_dollars(1, 1 / size),
        "data out": ASSUMED["bytes out a delivery"] / 1e9 * PRICES["GB out"],
    }


def whole_calls(figures: dict[str, float]) -> dict[str, dict[str, float]]:
    """What a call with two endpoints is made of, by how it comes."""
    return {
        when: {
            "request": sum(request(figures, USUAL_MEMORY).values()),
            "completion": sum(completion(figures, USUAL_MEMORY, 2).values()),
            "two deliveries": 2 * sum(delivery(figures, USUAL_MEMORY).values()),
        }
        for when, request, completion, delivery in (
            ("under load", request_of_many, completion_of_a_batch, delivery_of_a_batch),
            ("alone", lone_request, lone_completion, lone_delivery),
            ("alone, after a rest", lone_request, lone_completion, delivery_after_a_rest),
        )
    }


def table(title: str, columns: dict[str, dict[str, float]]) -> None:
    print(f"\n## {title}\n")
    print("| $ per million | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for part in next(iter(columns.values())):
        print(f"| {part} | " + " | ".join(f"{column[part] * 1e6:.2f}" for column in columns.values()) + " |")
    totals = [f"**{sum(column.values()) * 1e6:.2f}**" for column in columns.values()]
    print("| **together** | " + " | ".join(totals) + " |")


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    figures = {figure["id"]: figure["value"] for figure in results["figures"]}
    calls = whole_calls(figures)
    loaded, alone, rested = (round(sum(call.values()) * 1e6) for call in calls.values())
    print(f"{loaded} $ under load, {alone} $ when each comes alone")
    print(f"{rested} $ when each comes after a rest")
    request_ms, alone_ms = figures["inbound.cpu"] / 1000, figures["fanout.1.cpu"]
    batch_ms, delivery_ms = figures["fanout.batch.cpu"], figures["deliver.tls_1.cpu"]
    print(f"{request_ms:.2f} ms of CPU for a request, {alone_ms:.2f} for a completion that comes alone")
    print(f"{batch_ms:.2f} for one in a batch, {delivery_ms:.2f} for a delivery over TLS")
    print(f"Prices of {PRICES_OF}.")
    table(f"A call with two endpoints, at {USUAL_MEMORY} MB", calls)
    for title, what in (
        ("An accepted request, one of many", request_of_many),
        ("An accepted request, alone", lone_request),
        ("A completion, one endpoint, one of ten of its account", completion_of_a_batch),
        ("A completion, one endpoint, alone in its batch", lone_completion),
        ("A delivery over TLS, at once successful, one of ten", delivery_of_a_batch),
        ("A delivery over TLS, at once successful, alone in its batch", lone_delivery),
    ):
        table(title, {f"{memory} MB": what(figures, memory) for memory in MEMORY})


if __name__ == "__main__":
    main()
