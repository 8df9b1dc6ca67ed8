"""The zips of the release binaries, as `sam deploy` uploads them: every cold start loads one."""

import zipfile
from dataclasses import dataclass

from build import build
from settings import CHECKOUT, read_json

# Bytes at most, by function; the bench shows the same.
LIMITS = CHECKOUT / "infra" / "zip-limits.json"


@dataclass(frozen=True)
class Size:
    function: str
    bytes: int
    limit: int

    @property
    def fits(self) -> bool:
        return self.bytes <= self.limit

    def __str__(self) -> str:
        verdict = "" if self.fits else ", more than it may have"
        return f"{self.function}: {self.bytes:,} bytes of {self.limit:,}{verdict}"


def sizes() -> list[Size]:
    """Of binaries that are built for it."""
    limits = read_json(LIMITS)
    binaries = build(list(limits), profile="release")
    return [Size(name, len(binaries[name].zipped(zipfile.ZIP_DEFLATED)), limit) for name, limit in limits.items()]
