"""Compile the hashed requirements from pyproject.toml, for Python 3.12 and newer anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compile_file(name: str, *extras: str) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal"]
    command += ["--python-version", "3.12", "--generate-hashes", "--no-header", "--quiet"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", *extras]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    if re.search(r"https?://", text):
        raise SystemExit(f"{name} would name an address; nothing written.")
    note = "# Compiled from pyproject.toml by `make requirements`; change that instead.\n"
    (ROOT / name).write_text(note + text)


compile_file("requirements.txt")
compile_file("requirements-dev.txt", "--extra", "dev")
