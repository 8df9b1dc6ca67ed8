"""The fuzz targets of tests/fuzz: built with libFuzzer by the stable compiler, then run.

`make test` gives each a fixed number of inputs, made of the committed seeds from a fixed random seed. (They differ a
little from run to run all the same, since hash maps do and libFuzzer sees it.)
`make fuzz` runs each for FUZZ_SECONDS (default 60) and keeps what it learns in tests/fuzz/corpus.
"""

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from settings import CHECKOUT, Problem

FUZZ = CHECKOUT / "tests" / "fuzz"
MANIFEST = FUZZ / "Cargo.toml"
BUILT = CHECKOUT / "target" / "fuzz"
# What `cargo fuzz run --sanitizer none` sets, but for one codegen unit and the depth of the stack, which cost more here
# than they gain. AddressSanitizer would find nothing: the code has no `unsafe`.
INSTRUMENTED = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg=fuzzing",
]
INPUTS = 20_000
# Its inputs become URLs of 8,000 bytes, which takes a hundred times as long as any other's.
FEWER_INPUTS = {"get_query": 2_000}
# No input is longer: an inbound body may have 64 KiB, but what is long is only repeated.
LONGEST_INPUT = 16_384


@dataclass(frozen=True)
class Result:
    target: str
    passed: bool
    output: str

    @property
    def last_line(self) -> str:
        """Such as `Done 20000 runs in 1 second(s)`."""
        return self.output.strip().rpartition("\n")[2]


def seconds_from_environment() -> int:
    seconds = os.environ.get("FUZZ_SECONDS", "60")
    if not (seconds.isdigit() and int(seconds) > 0):
        raise Problem(f"FUZZ_SECONDS is {seconds!r}; it must be a number above 0.")
    return int(seconds)


def build_targets() -> list[str]:
    """Builds them and returns their names."""
    if not any(shutil.which(compiler) for compiler in (os.environ.get("CXX", "c++"), "g++", "clang++")):
        raise Problem("the fuzz targets need a C++ compiler. On Debian or Ubuntu: apt install g++")
    # A target must be named: without one the flags would count for build scripts and macros, too.
    where = ["--manifest-path", MANIFEST, "--target", _host(), "--target-dir", BUILT]
    command = ["cargo", "build", "--locked", "--release", "--bins", *where]
    environment = {**os.environ, "RUSTFLAGS": " ".join(INSTRUMENTED)}
    built = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False)
    if built.returncode != 0:
        raise Problem("the fuzz targets could not be built; what cargo says is above.")
    return sorted(path.stem for path in (FUZZ / "fuzz_targets").glob("*.rs"))


def run_targets(targets: list[str], seconds: int | None):
    """Yields a Result for each target, as many side by side as there are processors."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(lambda target: _run(target, seconds), targets)


def _run(target: str, seconds: int | None) -> Result:
    artifacts = FUZZ / "artifacts" / target
    artifacts.mkdir(parents=True, exist_ok=True)
    options = [f"-max_len={LONGEST_INPUT}", "-timeout=30", f"-artifact_prefix={artifacts}/"]
    with tempfile.TemporaryDirectory() as scratch:
        if seconds is None:
            corpus, options = Path(scratch), [*options, f"-runs={FEWER_INPUTS.get(target, INPUTS)}", "-seed=1"]
        else:
            corpus, options = FUZZ / "corpus" / target, [*options, f"-max_total_time={seconds}"]
            corpus.mkdir(parents=True, exist_ok=True)
        # New inputs go to the first folder.
        command = [BUILT / _host() / "release" / target, *options, corpus, FUZZ / "seeds" / target]
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return Result(target, ran.returncode == 0, ran.stdout.decode(errors="replace"))


def _host() -> str:
    about = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    return next(line.removeprefix("host: ") for line in about.splitlines() if line.startswith("host: "))
