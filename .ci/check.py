"""Everything that is checked without running the product; each check says what it found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
UNREACHABLE = ("ConnectionError", "Max retries", "ServiceError", "not reach", "404", "HTTPError")
PRODUCTION = {
    "KAM_ENV": "production",
    "SECRET_KEY": "check-only-" + "x1y2z3" * 12,
    "REDIS_URL": "redis://localhost/0",
    "ALLOWED_HOSTS": "kam.example.com",
    "EMAIL_HOST": "mail.example.com",
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def openapi_diff() -> subprocess.CompletedProcess[str]:
    """Compare the committed API file with what the code describes."""
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        made = run(PYTHON, "manage.py", "spectacular", "--file", file.name, "--validate")
        if made.returncode:
            return made
        return run("diff", "-u", "docs/openapi.yaml", file.name)


def audit() -> subprocess.CompletedProcess[str]:
    """Known weaknesses of our packages; where no advisory service can be reached, say so."""
    command = [PYTHON, "-m", "pip_audit", "--require-hashes", "--disable-pip", "-r"]
    answer = run(*command, "requirements.txt", "--progress-spinner", "off", "--timeout", "10")
    if answer.returncode and any(word in answer.stdout for word in UNREACHABLE):
        answer.returncode = 0
        answer.stdout = "not audited: the advisory service cannot be reached from here\n"
        print(f"    {answer.stdout.strip()}")
    return answer


def templates() -> subprocess.CompletedProcess[str]:
    return run(str(BIN / "djlint"), "templates", "--lint", "--quiet")


def scripts() -> subprocess.CompletedProcess[str]:
    biome = ROOT / "node_modules" / ".bin" / "biome"
    node = shutil.which("node") or str(BIN / "node")
    path = f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"
    return run(
        str(biome), "lint", "--error-on-warnings", "static/js", "static/build.mjs", PATH=path
    )


def production() -> subprocess.CompletedProcess[str]:
    """Django's own checks with production settings, on a real database: they ask its version."""
    from kam import embedded

    database = os.environ.get("DATABASE_URL") or embedded.ensure_postgres()
    return run(
        PYTHON,
        "-m",
        "django",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        DJANGO_SETTINGS_MODULE="kam.settings",
        PYTHONPATH=str(ROOT),
        DATABASE_URL=database,
        **PRODUCTION,
    )


CHECKS = {
    "style (ruff check)": lambda: run(PYTHON, "-m", "ruff", "check", "."),
    "format (ruff format)": lambda: run(PYTHON, "-m", "ruff", "format", "--check", "."),
    "types (mypy strict)": lambda: run(PYTHON, "-m", "mypy", "."),
    "architecture (import-linter)": lambda: run(str(BIN / "lint-imports")),
    "migrations are complete": lambda: run(PYTHON, "manage.py", "makemigrations", "--check"),
    "production settings (check --deploy)": production,
    "templates (djlint)": templates,
    "scripts (biome)": scripts,
    "API file (OpenAPI)": openapi_diff,
    "packages (pip-audit)": audit,
}


def main() -> int:
    failed = []
    for name, check in CHECKS.items():
        started = time.monotonic()
        answer = check()
        verdict = "ok" if answer.returncode == 0 else "FAILED"
        print(f"{verdict:>6}  {name}  {time.monotonic() - started:.1f} s", flush=True)
        if answer.returncode:
            failed.append(name)
            print(answer.stdout[-6000:])
    print(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
