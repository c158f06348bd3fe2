"""Imports step by step over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import RevenueEntry
from kam.core.jobs import execute
from kam.core.models import IdempotencyKey, JobRun
from kam.identity.choices import TokenScope
from kam.imports.models import DataSource, ImportBatch
from tests.api import ROOT, Answer, Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account, make_batch

SALES = "key;customer;day;net\n1;C1;31.01.2026;100,50\n2;C9;01.02.2026;7\n"
SET_UP: dict[str, Any] = {
    "mapping": {
        "columns": {
            "source_key": "key",
            "account": "customer",
            "date": "day",
            "net_amount": "net",
        },
        "date_format": "%d.%m.%Y",
        "decimal": ",",
    }
}


def _upload(api: Api, text: str = SALES, kind: str = "sales", **headers: str) -> Answer:
    file = SimpleUploadedFile("sales.csv", text.encode(), "text/csv")
    data = {"kind": kind, "source": "erp", "file": file}
    return Client().post(f"{ROOT}imports/", data, headers={**api.headers, **headers})


def _run(response: Answer) -> JobRun:
    assert response.status_code == 202, response.content
    run = JobRun.objects.get(pk=response.json()["id"])
    execute(run.pk)
    run.refresh_from_db()
    return run


@pytest.mark.django_db(transaction=True)
def test_from_upload_to_undo() -> None:
    from tests.factories.identity import make_user

    api = Api(make_user(roles=["integration"]))
    make_account(external_id="C1")
    made = _upload(api)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["source"]) == ("uploaded", "erp")
    path = f"imports/{made.json()['id']}/"
    early = api.post(f"{path}commit/")
    assert (early.status_code, early.json()["code"]) == (422, "batch_state")
    assert api.call("PUT", f"{path}mapping/", SET_UP).json()["state"] == "mapped"
    assert _run(api.post(f"{path}preview/")).state == "succeeded"
    report = api.get(path).json()["summary"]
    assert (report["rows"], report["created"], report["rejected"]) == (2, 1, 1)
    assert report["totals"][0]["amount"] == "107.5000"
    assert report["rejects"][0]["reason"] == "unknown account"
    assert len(report["blockers"]) == 1
    rejects = api.get(f"{path}rejects/")
    lines = b"".join(rejects.streaming_content).decode("utf-8-sig").splitlines()
    assert rejects["Content-Disposition"].startswith("attachment")
    assert lines[1].split(",")[:2] == ["3", "unknown account"]
    allowed = {**SET_UP, "options": {"accept_rejects": True}, "control_totals": {"rows": 2}}
    assert api.call("PUT", f"{path}mapping/", allowed).status_code == 200
    assert _run(api.post(f"{path}commit/")).outcome["created"] == 1
    assert RevenueEntry.objects.count() == 1
    assert api.get("data-sources/").json()["results"][0]["data_as_of"] == "2026-01-31"
    assert api.delete(path).json()["code"] == "batch_state"
    assert _run(api.post(f"{path}undo/")).state == "succeeded"
    assert api.get(path).json()["state"] == "undone"
    assert not RevenueEntry.objects.exists()


def test_uploads_repeat_with_their_key_and_differ_by_content(people: People) -> None:
    api = Api(people.controller)
    first = _upload(api, **{"Idempotency-Key": "u"})
    again = _upload(api, **{"Idempotency-Key": "u"})
    assert (first.status_code, again.content) == (201, first.content)
    assert ImportBatch.objects.count() == IdempotencyKey.objects.count() == 1
    assert (
        _upload(api, SALES + "3;C1;01.03.2026;1\n", **{"Idempotency-Key": "u"}).status_code == 422
    )


def test_broken_files_and_mappings_are_refused_in_words(people: People) -> None:
    api = Api(people.controller)
    broken = _upload(api, "a,b\n1,2\n1,2,3,4\n5,6\n")
    assert (broken.status_code, broken.json()["code"]) == (422, "unreadable_file")
    assert "line 3" in broken.json()["detail"]
    assert _upload(api, kind="planets").json()["code"] == "unknown_kind"
    assert not ImportBatch.objects.exists()
    path = f"imports/{_upload(api).json()['id']}/mapping/"
    wrong = api.call("PUT", path, {"mapping": {"columns": {"account": "nowhere"}}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "mapping")
    bad = api.call("PUT", path, {"mapping": {}, "options": {"replace": "soon"}, "x": 1})
    assert errors_of(bad) == [("x", "unknown_field")]
    bad = api.call("PUT", path, {"mapping": {}, "options": {"replace": "soon"}})
    assert bad.json()["code"] in {"options", "mapping"}


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger"])
def test_who_has_no_business_with_imports_sees_none(people: People, who: str) -> None:
    batch = make_batch()
    api = Api(getattr(people, who))
    for path in ("imports/", f"imports/{batch.pk}/", f"imports/{batch.pk}/rejects/"):
        assert api.get(path).status_code == 404
    for step in ("preview", "commit", "undo"):
        assert api.post(f"imports/{batch.pk}/{step}/").status_code == 404
    assert _upload(api).status_code == 404
    assert api.delete(f"imports/{batch.pk}/").status_code == 404
    assert ImportBatch.objects.count() == 1
    assert not JobRun.objects.exists()
    assert len(api.rows("data-sources/")) == DataSource.objects.count()


def test_an_auditor_reads_imports_and_runs_none(people: People) -> None:
    batch = make_batch(kind="sales")
    api = Api(people.auditor)
    assert [row["id"] for row in api.rows("imports/?kind=sales&state=uploaded")] == [batch.pk]
    assert api.get(f"imports/{batch.pk}/").json()["summary"] is None
    assert _upload(api).status_code == 404
    assert _upload(Api(people.controller, scope=TokenScope.READ)).status_code == 403
    assert _upload(Api()).status_code == 401
    assert ImportBatch.objects.count() == 1


def test_a_file_that_never_ran_can_be_forgotten(people: People) -> None:
    api = Api(people.controller)
    batch = _upload(api).json()["id"]
    assert api.delete(f"imports/{batch}/").status_code == 204
    assert not ImportBatch.objects.exists()
