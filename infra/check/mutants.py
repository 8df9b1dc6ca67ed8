"""Mutation testing: cargo-mutants breaks a crate in one place after the other, and `cargo test -p <crate>` must see it.

    mutants.py               all of CRATES
    mutants.py signing ...   only these

The last lines say of each crate what became of its mutants. It fails when fewer than LEAST_CAUGHT of those that compile
are caught. The missed ones are named in .local/mutants/<crate>/mutants.out/missed.txt. Mutants that no test can
tell from the code are named in .cargo/mutants.toml, each with its reason, and are not made.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "local"))

from settings import CHECKOUT, Problem, report_problems, step

CARGO_MUTANTS = CHECKOUT / ".local" / "tools" / "bin" / "cargo-mutants"
OUTPUT = CHECKOUT / ".local" / "mutants"
# The crates in which a wrong branch rings a stranger, takes a credit or gives a secret away.
CRATES = ["domain", "signing", "egress", "addresses", "vault", "delivery", "api"]
# In percent.
LEAST_CAUGHT = 95
# Mutants were missed, or their tests did not end: that is a result. Anything else is a fault of the run.
RAN = (0, 2, 3)
# As many inputs for each property: a mutant costs a build and a run of all tests.
PROPERTY_CASES = "32"


@dataclass(frozen=True)
class Result:
    crate: str
    caught: int
    missed: int
    unviable: int
    timeout: int

    @property
    def share(self) -> float:
        """Of those that compile. Tests that do not end have noticed, too."""
        seen = self.caught + self.timeout
        return 100 * seen / max(seen + self.missed, 1)

    def __str__(self) -> str:
        return (
            f"{self.crate:<10} {self.caught:>4} caught {self.missed:>4} missed {self.unviable:>4} unviable "
            f"{self.timeout:>3} timeout {self.share:>6.1f} %"
        )


def main() -> int:
    crates = sys.argv[1:] or CRATES
    unknown = [crate for crate in crates if crate not in CRATES]
    if unknown:
        raise Problem(f"{', '.join(unknown)}: not among the crates that are looked at, {', '.join(CRATES)}.")
    results = [test_mutants(crate) for crate in crates]
    print(*results, sep="\n", flush=True)
    return int(any(result.share < LEAST_CAUGHT for result in results))


def test_mutants(crate: str) -> Result:
    step(f"Mutants of {crate}")
    output = OUTPUT / crate
    output.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        # One for all: a mutant's build is that of its crate only.
        "CARGO_TARGET_DIR": str(OUTPUT / "target"),
        "PROPTEST_CASES": PROPERTY_CASES,
    }
    command = [CARGO_MUTANTS, "mutants", "--package", crate, "--output", output]
    ran = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False)
    if ran.returncode not in RAN:
        raise Problem(f"cargo-mutants could not test {crate}; what it says is above.")
    outcomes = json.loads((output / "mutants.out" / "outcomes.json").read_text())
    return Result(crate, *(outcomes[kind] for kind in ("caught", "missed", "unviable", "timeout")))


if __name__ == "__main__":
    sys.exit(report_problems(main))
