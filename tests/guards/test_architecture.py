"""The house rules that a linter does not know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from kam.core import jobs
from kam.identity.permissions import CAPABILITIES

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("kam", "accounts", "interactions", "settlements", "plans")
SOURCES = [
    p for app in APPS for p in sorted((ROOT / app).rglob("*.py")) if "migrations" not in p.parts
]
ROOMS = {
    *("apps", "urls", "views", "api", "admin", "tasks", "importers", "panels", "management"),
    *("forms", "filters", "services", "selectors", "models", "querysets", "permissions"),
    *("validators", "choices", "analytics", "migrations", "templatetags", "locale", "demo"),
    *("notices", "cards", "cockpit", "search", "events", "measures", "__init__", "__pycache__"),
}

# Pages that anybody may ask for, or that guard themselves; each with its reason.
OPEN_VIEWS: dict[str, str] = {
    "identity:sign-in": "the way in",
    "identity:sign-out": "ends one's own session",
    "identity:first-run": "only while there is no user at all",
    "set_language": "sets a cookie of one's own",
    "core:gallery": "shows components with made-up data, and only where it is switched on",
    "core:gallery-part": "the same",
    "healthz": "for load balancers; tells only whether database and broker answer",
    "robots": "for search engines",
    "admin-sign-in": "sends to the sign-in page; 404 for who is signed in",
    "identity:password-set": "guarded by the link's own token",
    "interactions:survey-answer": "a customer answers by the link's own secret, once",
    "identity:profile": "one's own data",
    "identity:profile-edit": "one's own data",
    "identity:password-change": "one's own password, asks for the current one",
    "identity:sessions-end": "one's own sessions",
    "identity:absence-create": "one's own absence",
    "identity:delegation-end": "delegations that one gave: endable_by",
    "identity:token-create": "one's own tokens",
    "identity:token-revoke": "one's own tokens: visible_to",
    "core:job-list": "one's own jobs: visible_to",
    "core:job-detail": "one's own jobs: visible_to",
    "core:job-retry": "one's own failed jobs, with the job's capability",
    "notifications:unsubscribe": "guarded by the signed link: it switches one channel off",
    "core:search": "each provider is scoped by itself",
    "interactions:calendar-feed-read": "guarded by the secret in its address",
    "core:preferences": "sets cookies of one's own",
}


_MARKED = {"gettext", "gettext_lazy"}


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("app", ["accounts", "interactions", "settlements", "plans"])
def test_apps_have_only_the_agreed_rooms(app: str) -> None:
    found = {p.stem if p.suffix == ".py" else p.name for p in (ROOT / app).iterdir()}
    assert found - ROOMS == set()


def test_analytics_is_free_of_django() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        if "analytics" in path.parts
        for node in ast.walk(_parse(path))
        for name in _imported(node)
        if name.split(".")[0] in {"django", "rest_framework", "celery", "psycopg"}
    ]
    assert guilty == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_no_clock_in_the_domain() -> None:
    """Models, selectors, services and analytics are told the date; interfaces ask the clock."""
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno} {name}"
        for path in SOURCES
        if path.parts[len(ROOT.parts)] != "kam" and _is_domain(path)
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.Call)
        for name in [ast.unparse(node.func)]
        if name.endswith((".today", "localdate", "timezone.now", "datetime.now"))
    ]
    assert [line for line in guilty if not line.endswith("timezone.now")] == []


def _is_domain(path: Path) -> bool:
    return not {"models", "selectors", "services", "analytics"}.isdisjoint({*path.parts, path.stem})


def test_no_signals() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(_parse(path))
        if any(
            name.startswith("django.db.models.signals") or name == "django.dispatch"
            for name in _imported(node)
        )
    ]
    assert guilty == []


def test_every_enqueued_job_is_registered() -> None:
    names = {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("enqueue")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert names, "nothing is enqueued any more: the guard looks in the wrong place"
    assert names - jobs.registered_jobs() == set()


def test_scheduled_jobs_are_registered() -> None:
    from kam.celery import app

    scheduled = {
        entry["kwargs"]["name"]
        for entry in app.conf.beat_schedule.values()
        if entry["task"] == "core.start_job"
    }
    assert scheduled - jobs.registered_jobs() == set()
    tasks = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert tasks - set(app.tasks) == set()


def _routes(
    patterns: list[URLPattern | URLResolver], namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            if pattern.app_name != "admin":
                yield from _routes(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern


def _demands(pattern: URLPattern) -> str:
    view = pattern.callback
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return str(getattr(view_class or view, "capability", ""))


def test_every_page_demands_a_capability_or_is_listed() -> None:
    routes = dict(_routes(get_resolver().url_patterns))
    pages = {name: p for name, p in routes.items() if not name.startswith("api")}
    bare = {name for name, pattern in pages.items() if _demands(pattern) not in CAPABILITIES}
    assert bare - set(OPEN_VIEWS) == set()
    assert set(OPEN_VIEWS) - bare == set(), "the list has a stale entry"


def test_scoped_models_are_read_through_visible_to() -> None:
    """Views and API never start a queryset of a scoped model without its scope."""
    scoped = {
        model.__name__
        for app in ("accounts", "imports", "core", "settlements", "notifications")
        for model in apps.get_app_config(app).get_models()
        if hasattr(model._default_manager.all(), "visible_to")
    }
    guilty = []
    for path in SOURCES:
        if not {"views", "api"} & {*path.parts, path.stem}:
            continue
        for node in ast.walk(_parse(path)):
            text = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            model, _dot, rest = text.partition(".objects.")
            if model in scoped and rest and not rest.startswith(("visible_to", "editable_by")):
                line = getattr(node, "lineno", 0)
                guilty.append(f"{path.relative_to(ROOT)}:{line} {text}")
    assert guilty == []


def test_suppressions_carry_a_reason() -> None:
    bare = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            _code, mark, after = line.partition("# noqa")
            if mark and " - " not in after:
                bare.append(f"{path.relative_to(ROOT)}:{number}")
    assert bare == []


def test_texts_are_marked_by_names_that_are_read() -> None:
    """`makemessages` finds texts by the names of the functions: an alias of its own hides them."""
    hidden = [
        f"{path}: {name.asname}"
        for path in SOURCES
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname not in {None, "_"} or (name.asname == "_" and name.name not in _MARKED)
    ]
    assert hidden == []


def test_functions_are_not_past_sixty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.body[0].lineno + 1 > 60
    ]
    assert long == []


def test_modules_are_not_past_four_hundred_lines() -> None:
    long = [p for p in SOURCES if len(p.read_text(encoding="utf-8").splitlines()) > 400]
    assert [str(p.relative_to(ROOT)) for p in long] == []


def test_public_services_selectors_and_analytics_say_what_they_do() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in SOURCES
        if {"services", "selectors", "analytics"} & {path.stem, *path.parts}
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []
