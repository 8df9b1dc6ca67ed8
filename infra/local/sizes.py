"""The zips of the release binaries, as `sam deploy` uploads them: every cold start loads one."""

import zlib
from dataclasses import dataclass

from settings import CHECKOUT

# Bytes at most.
LIMITS = {"inbound": 3_000_000, "relay": 3_000_000, "fanout": 3_000_000, "deliver": 4_000_000, "manage": 4_000_000}

# The features of each are those that the bench measures and sam builds: no other package is named beside them.
BUILD = ["cargo", "build", "--locked", "--release", *(f"--package={name}" for name in LIMITS)]


@dataclass(frozen=True)
class Size:
    function: str
    bytes: int

    @property
    def fits(self) -> bool:
        return self.bytes <= LIMITS[self.function]

    def __str__(self) -> str:
        verdict = "" if self.fits else ", more than it may have"
        return f"{self.function}: {self.bytes:,} bytes of {LIMITS[self.function]:,}{verdict}"


def sizes() -> list[Size]:
    """Of what `BUILD` has built."""
    return [Size(name, _deflated((CHECKOUT / "target" / "release" / name).read_bytes())) for name in LIMITS]


def _deflated(content: bytes) -> int:
    # A zip's own bytes besides are some hundred.
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return len(compressor.compress(content)) + len(compressor.flush())
