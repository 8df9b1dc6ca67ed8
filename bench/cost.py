"""Dollars per million accepted requests, completions and deliveries, from bench/results.json and a price table.

    python3 bench/cost.py [results.json]     prints the tables of docs/cost.md

What is measured: calls to AWS with their units, and CPU. What is assumed stands in ASSUMED.
"""

import json
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
    "deliveries a batch": 10.0,
}
MEMORY = (128, 256, 512, 1024)
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


def request(figures: dict[str, float], memory: int) -> dict[str, float]:
    return {
        "API Gateway": PRICES["API Gateway request (HTTP API)"],
        "Lambda": lambda_dollars(figures["inbound.cpu"] / 1000, 2 * ASSUMED["round trip ms"], memory),
        "DynamoDB": dynamodb_dollars(figures, "request", 1),
        "SQS": PRICES["SQS FIFO request"],
        # At a hundred calls a batch; a call by itself is one invocation, two reads and one request.
        "relay": 2 * PRICES["DynamoDB read unit"] + 0.1 * PRICES["SQS FIFO request"],
        "logs": log_dollars(1, 1),
    }


def lone_completion(figures: dict[str, float], memory: int) -> dict[str, float]:
    return completion(figures, memory, "1", 1)


def completion_of_a_batch(figures: dict[str, float], memory: int) -> dict[str, float]:
    return completion(figures, memory, "batch", 10)


def completion(figures: dict[str, float], memory: int, kind: str, size: int) -> dict[str, float]:
    """With one endpoint, in a batch of so many of its account."""
    return {
        "Lambda": lambda_dollars(size * figures[f"fanout.{kind}.cpu"], 5 * ASSUMED["round trip ms"], memory) / size,
        "DynamoDB": dynamodb_dollars(figures, f"completion.{kind}", size),
        # Sent by itself; received, deleted, and up to ten deliveries sent, for the whole batch.
        "SQS": PRICES["SQS request"] + (2 * PRICES["SQS request"] + PRICES["SQS fair queue request"]) / size,
        "logs": log_dollars(1, 1 / size),
    }


def delivery(figures: dict[str, float], memory: int) -> dict[str, float]:
    size = ASSUMED["deliveries a batch"]
    waiting = 3 * ASSUMED["round trip ms"] + ASSUMED["receiver ms"]
    return {
        "Lambda": lambda_dollars(size * figures["deliver.tls_1.cpu"], waiting, memory) / size,
        "DynamoDB": dynamodb_dollars(figures, "delivery.batch", size),
        # Received and deleted by ten; what sends it is in the price of a completion.
        "SQS": 2 / size * PRICES["SQS fair queue request"],
        "logs": log_dollars(1, 1 / size),
        "data out": ASSUMED["bytes out a delivery"] / 1e9 * PRICES["GB out"],
    }


def table(title: str, what, figures: dict[str, float]) -> None:
    print(f"\n{title}\n")
    columns = [what(figures, memory) for memory in MEMORY]
    print("| $ per million | " + " | ".join(f"{memory} MB" for memory in MEMORY) + " |")
    print("|---|" + "---|" * len(MEMORY))
    for part in columns[0]:
        print(f"| {part} | " + " | ".join(f"{column[part] * 1e6:.2f}" for column in columns) + " |")
    print("| **together** | " + " | ".join(f"**{sum(column.values()) * 1e6:.2f}**" for column in columns) + " |")


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    figures = {figure["id"]: figure["value"] for figure in results["figures"]}
    print(f"Prices of {PRICES_OF}.")
    table("An accepted request", request, figures)
    table("A completion, one endpoint, alone in its batch", lone_completion, figures)
    table("A completion, one endpoint, one of ten of its account", completion_of_a_batch, figures)
    table("A delivery over TLS, at once successful", delivery, figures)


if __name__ == "__main__":
    main()
