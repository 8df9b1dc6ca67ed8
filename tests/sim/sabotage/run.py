"""Breaks the product on purpose, in one place after the other, in a copy; the simulation must see each within 60 s.

    python tests/sim/sabotage/run.py [NAME ...]

A patch begins with what it breaks, and with a regular expression of what the simulation must say of it
(`Seen as: ...`): a world that is wrong in another way only has not found it, and the search goes on behind it. A patch
that no longer applies counts as not found. The copy has a target folder of its own, which begins as this checkout's:
cargo tells packages apart by their place in the workspace, so in one folder it would take what it built of the broken
checkout for what was asked of the other.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[2]
COPY = CHECKOUT / ".local" / "sabotage"
TARGET = COPY / "target"
# There while a run is at it.
UNFINISHED = COPY / ".unfinished"
# Optimized, as `make sim` runs it: a minute has three times the worlds.
PROFILE = "sim"
PROGRAM = TARGET / PROFILE / "sim"
SECONDS = 60
SECONDS_AS_IT_IS = 10
ANYTHING = re.compile("")


def main() -> int:
    patches = sorted(HERE.glob("*.patch"))
    if names := sys.argv[1:]:
        patches = [patch for patch in patches if patch.stem in names]
    wanted = {patch: seen_as(patch) for patch in patches}
    copy_checkout()
    # What is built of a copy that is wrong in itself would be found with any patch.
    if not is_built():
        return 1
    if wrong := search(SECONDS_AS_IT_IS, ANYTHING):
        print("nothing is broken on purpose yet:", wrong, flush=True)
        return 1
    missed = [patch.stem for patch, seen in wanted.items() if not is_found(patch, seen)]
    UNFINISHED.unlink()
    print(f"{len(patches) - len(missed)} of {len(patches)} found", *missed, flush=True)
    return 1 if missed or not patches else 0


def copy_checkout() -> None:
    """What git knows, as it is now. What has not changed keeps its time, so that cargo builds it once."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        source, copy = CHECKOUT / name, COPY / name
        if copy.exists() and copy.read_bytes() == source.read_bytes():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        # What a run that was ended has left broken gets a new time, so that it is built anew.
        (shutil.copyfile if copy.exists() else shutil.copy2)(source, copy)
    # A build that was ended may have left files that cargo takes for whole ones.
    if UNFINISHED.exists():
        shutil.rmtree(TARGET, ignore_errors=True)
    UNFINISHED.touch()
    built = CHECKOUT / "target" / PROFILE
    if built.exists() and not TARGET.exists():
        TARGET.mkdir()
        subprocess.run(["cp", "-a", "--reflink=auto", str(built), f"{TARGET}/"], check=True)


def is_found(patch: Path, seen: re.Pattern[str]) -> bool:
    """Whether the simulation says of it what it must, and does not only fail to be built."""
    apply = ["git", "apply", "--unsafe-paths", f"--directory={COPY.relative_to(CHECKOUT)}", str(patch)]
    if subprocess.run(apply, cwd=CHECKOUT, check=False).returncode != 0:
        print(f"{patch.stem}: does not apply", flush=True)
        return False
    try:
        found = search(SECONDS, seen) if is_built() else None
    finally:
        subprocess.run([*apply[:2], "--reverse", *apply[2:]], cwd=CHECKOUT, check=True)
        touch(patch)
    print(f"{patch.stem}: {found or 'not found'}", flush=True)
    return found is not None


def seen_as(patch: Path) -> re.Pattern[str]:
    """What the simulation must say of what it breaks."""
    line = re.search(r"^Seen as: (.+)$", patch.read_text(encoding="utf-8"), re.MULTILINE)
    if line is None:
        raise ValueError(f"{patch.stem} does not say what it is seen as")
    return re.compile(line[1])


def is_built() -> bool:
    build = ["cargo", "build", "--quiet", "--locked", "--profile", PROFILE, "-p", "sim"]
    built = subprocess.run(build, cwd=COPY, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        print(built.stderr, "does not build", flush=True)
    return built.returncode == 0


def search(seconds: int, seen: re.Pattern[str]) -> str | None:
    """What the simulation of the copy says that is looked for, and after how long.

    Behind a world that is wrong in another way it goes on.
    """
    began, seed = time.monotonic(), int(os.environ.get("SEED", "1"))
    while (left := seconds - int(time.monotonic() - began)) > 0:
        ran = [PROGRAM, "until-wrong", str(left), str(seed)]
        said = subprocess.run(ran, cwd=COPY, capture_output=True, text=True, check=False).stdout.splitlines()
        wrong = [line for line in said if line.startswith("seed ") and ": trace " not in line]
        if not wrong:
            return None
        if found := next(filter(seen.search, wrong), None):
            return f"found in {time.monotonic() - began:.0f} s: {found}"
        print(f"something else: {wrong[0]}", flush=True)
        seed = 1 + max(int(line.split()[1].rstrip(":")) for line in wrong)
    return None


def touch(patch: Path) -> None:
    """A file that is as it was has a new time, or cargo would keep what it built of the broken one."""
    for line in patch.read_text(encoding="utf-8").splitlines():
        if line.startswith("+++ b/"):
            (COPY / line.removeprefix("+++ b/")).touch()


if __name__ == "__main__":
    sys.exit(main())
