"""What the asset build rests on: icons that exist, packages that anyone can fetch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_icon_named_anywhere_exists() -> None:
    if not (ROOT / "node_modules" / "@tabler" / "icons").is_dir():
        pytest.skip("the npm packages are not installed: run `make setup`")
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    command = [node, "static/build.mjs", "--icons"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_lock_file_names_no_registry_and_only_pinned_packages() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert [name for name, version in versions.items() if not version[0].isdigit()] == []
    assert versions["htmx.org"].startswith("2.")


def test_the_purge_keeps_what_a_page_may_use() -> None:
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    css = (
        "@charset 'x';:root{--a:url(\"data:x;{}\")}/* .gone{} */.used,.gone:hover{a:b}"
        ".gone,.gone .used{c:d}.used:not(.gone) p{e:f}@media (x){.gone{g:h}}"
        '@media (y){.used{i:j}}[data-x=".gone"]{k:l}@keyframes m{to{n:o}}'
    )
    script = (
        "import { purge } from './static/purge.mjs';"
        "process.stdout.write(purge(process.argv[1], new Set(['used'])));"
    )
    command = [node, "--input-type=module", "-e", script, css]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == (
        "@charset 'x';:root{--a:url(\"data:x;{}\")}.used{a:b}"
        '.used:not(.gone) p{e:f}@media (y){.used{i:j}}[data-x=".gone"]{k:l}'
        "@keyframes m{to{n:o}}"
    )
