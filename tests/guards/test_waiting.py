"""What waits in tests gives up in time and says for what: a race gone wrong fails, not hangs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from kam import embedded
from kam.core.models import Currency
from tests import emptying
from tests.faults import stack
from tests.races import at_once


def _address() -> str:
    server = connection.get_connection_params()
    named = {key: server[key] for key in ("host", "port", "user", "password") if server.get(key)}
    return psycopg.conninfo.make_conninfo(dbname=server["dbname"], **named)


def test_a_call_that_never_ends_fails_the_race() -> None:
    never = threading.Event()
    with pytest.raises(AssertionError, match=r"calls \[1\] of 2 have not ended"):
        at_once(lambda: None, never.wait, patience=0.2)
    never.set()
    refused = ValueError("no")

    def refuse() -> None:
        raise refused

    assert at_once(lambda: None, refuse) == [None, refused]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_a_test_left_open_is_named() -> None:
    assert Currency.objects.exists()
    with psycopg.connect(_address()) as leaked:
        leaked.execute("LOCK TABLE core_currency IN ROW EXCLUSIVE MODE")
        with pytest.raises(emptying.LeakedTransactionError, match="LOCK TABLE core_currency"):
            emptying.empty(patience=0.2)
        leaked.rollback()
    assert Currency.objects.exists()
    emptying.empty(patience=5)
    assert not Currency.objects.exists()


@pytest.mark.django_db
def test_a_question_to_a_stack_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = stack.Stack(tmp_path)
    monkeypatch.setattr(whole, "database_url", _address)
    assert whole.ask("SELECT 7") == 7
    monkeypatch.setattr(stack, "QUESTION", 0.2)
    begun = time.monotonic()
    assert whole.ask("SELECT 7 FROM pg_sleep(20)") is None
    assert time.monotonic() - begun < 10


def test_programs_of_a_stack_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for Python: it ignores what it is asked and sleeps."""
    asleep = tmp_path / "asleep"
    asleep.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(20)\n")
    asleep.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(asleep))
    monkeypatch.setattr(stack, "WHOLE", 0.2)
    monkeypatch.setattr(stack, "SHORT", 0.2)
    whole = stack.Stack(tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        whole.restore(tmp_path / "dump.sql")
    with pytest.raises(subprocess.TimeoutExpired):
        whole.database_url()
    monkeypatch.setattr(embedded, "postgres_program", lambda _name: str(asleep))
    with pytest.raises(subprocess.TimeoutExpired):
        stack.dump_of("none", tmp_path / "dump.sql")
