"""The functions' binaries, built by cargo and zipped as Lambda wants them."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from settings import CHECKOUT, Problem, step


@dataclass(frozen=True)
class Binary:
    path: Path
    digest: str

    def zipped(self, compression: int = zipfile.ZIP_STORED) -> bytes:
        """An archive with the binary as `bootstrap`; stored, not deflated, where it only crosses loopback."""
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(entry, self.path.read_bytes(), compression, compresslevel=9)
        return archive.getvalue()


def build(packages: list[str], profile: str = "dev") -> dict[str, Binary]:
    """Builds each package's binary of the same name; cargo shows its own progress."""
    if shutil.which("cargo") is None:
        raise Problem("cargo is missing. Install Rust from https://rustup.rs and open a new shell.")
    step(f"Building {', '.join(packages)} (the first time takes some minutes)")
    chosen = [argument for package in packages for argument in ("--package", package)]
    command = ["cargo", "build", "--locked", "--profile", profile, "--bins", *chosen]
    built = subprocess.run(command, cwd=CHECKOUT, check=False)
    if built.returncode != 0:
        raise Problem("cargo could not build the functions; its messages are above.")
    folder = _target_directory() / ("debug" if profile == "dev" else profile)
    return {package: _binary(folder / package) for package in packages}


def _target_directory() -> Path:
    described = subprocess.run(
        ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    return Path(json.loads(described.stdout)["target_directory"])


def _binary(path: Path) -> Binary:
    with path.open("rb") as file:
        return Binary(path, hashlib.file_digest(file, "sha256").hexdigest())
