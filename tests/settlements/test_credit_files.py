"""Papers of credit applications: kept, told by their content, downloaded in scope, staying."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from kam.core import file_kinds
from settlements.models import ApplicationFile, CreditApplication
from settlements.services.credit import applications
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"
FACTS = {"currency_id": "EUR", "requested_limit": Decimal(5000), "requested_days": 30}


def applied(people: People) -> CreditApplication:
    return applications.apply_for_credit(
        party=make_account(name="Kesko", lead=people.owner),
        facts=FACTS,
        supporting=applications.Supporting(),
        by=people.owner,
    )


def pdf(name: str = "extract.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(client: Any, row: CreditApplication, *files: SimpleUploadedFile, **values: Any) -> str:
    url = reverse("settlements:credit-files-add", args=[row.pk])
    body = {"kind": "registry", "title": "", "files": list(files)} | values
    answer = client.post(url, body, follow=True)
    return str(answer.content.decode()) if answer.status_code == 200 else str(answer.status_code)


def test_papers_are_kept_and_downloaded_in_scope(people: People) -> None:
    row, own = applied(people), client_of(people.owner)
    said = add(own, row, pdf("../a.pdf"), pdf("b.txt", b"Who they are"), title="Register 2026")
    assert "2 files are kept." in said
    assert said.count("Register 2026") >= 2
    kept = list(ApplicationFile.objects.order_by("pk"))
    assert [(one.name, one.content_type, one.size, one.uploaded_by) for one in kept] == [
        ("a.pdf", "application/pdf", len(PDF), people.owner),
        ("b.txt", "text/plain", 12, people.owner),
    ]
    url = reverse("settlements:credit-file", args=[kept[0].pk])
    table = {"owner": 200, "teammate": 200, "stranger": 404, "director": 200, "controller": 200,
             "administrator": 200, "auditor": 200}  # fmt: skip
    address = f"/api/v1/credit/application-files/{kept[0].pk}/"
    for name, status in table.items():
        user = getattr(people, name)
        answers: tuple[Any, ...] = (client_of(user).get(url), Api(user).get(address))
        for answer in answers:
            assert answer.status_code == status, name
            if status == 200:
                assert b"".join(answer.streaming_content) == PDF
                assert answer["Content-Disposition"] == 'attachment; filename="a.pdf"'
                assert "sandbox" in answer["Content-Security-Policy"]
                assert answer["Cache-Control"] == "no-store"
    for name in ("stranger", "auditor"):
        assert add(client_of(getattr(people, name)), row, pdf("c.pdf", PDF + b" ")) == "404"
        remove = reverse("settlements:credit-file-remove", args=[kept[0].pk])
        assert client_of(getattr(people, name)).post(remove).status_code == 404
    assert ApplicationFile.objects.count() == 2


def test_what_is_not_kept_leaves_nothing(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    row, own = applied(people), client_of(people.owner)
    monkeypatch.setattr(file_kinds, "MAX_BYTES", 40)
    table: list[tuple[tuple[SimpleUploadedFile, ...], dict[str, Any], str]] = [
        ((pdf(), pdf("x.exe", b"MZ\x00")), {}, "x.exe: This file cannot be kept"),
        ((pdf(), pdf("again.pdf")), {}, "again.pdf: This file is kept with the application"),
        ((pdf("big.pdf", PDF + b" " * 40),), {}, "big.pdf: A file is at most 20 MB."),
        ((), {}, "Choose at least one file"),
        ((pdf(),), {"kind": "?"}, "Choose at least one file"),
    ]
    for files, values, words in table:
        assert words in add(own, row, *files, **values), words
    assert not ApplicationFile.objects.exists()


def test_from_the_submission_on_papers_stay(people: People) -> None:
    row, own = applied(people), client_of(people.owner)
    add(own, row, pdf(), pdf("b.pdf", PDF + b"b"))
    first, second = ApplicationFile.objects.order_by("pk")
    remove = reverse("settlements:credit-file-remove", args=[first.pk])
    assert own.get(remove).status_code == 200
    own.post(remove)
    applications.submit_application(application=row, by=people.owner, at=timezone.now())
    own.post(reverse("settlements:credit-file-remove", args=[second.pk]))
    assert "1 file is kept." in add(own, row, pdf("later.pdf", PDF + b"c"))
    assert ApplicationFile.objects.count() == 2
    for act in ("DELETE FROM %s", "UPDATE %s SET title = 'x'"):
        with pytest.raises(DatabaseError), transaction.atomic():
            _execute(act % "settlements_applicationfile")
    applications.withdraw_application(application=row, by=people.owner)
    assert "decided or submitted already" in add(own, row, pdf("d.pdf", PDF + b"d"))
    assert ApplicationFile.objects.count() == 2


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_papers_over_the_api(people: People) -> None:
    row = applied(people)
    url = f"/api/v1/credit/applications/{row.pk}/"

    def send(user: Any, **body: Any) -> Any:
        return client_of(user).post(f"{url}files/", body)

    made = send(people.owner, file=pdf(), kind="finances", title="2025")
    assert made.status_code == 201, made.content
    assert (made.json()["kind"], made.json()["title"], made.json()["name"]) == (
        "finances", "2025", "extract.pdf",
    )  # fmt: skip
    assert Api(people.owner).get(url).json()["files"] == [made.json()]
    listed = "/api/v1/credit/application-files/"
    assert Api(people.owner).get(f"{listed}?application={row.pk}").json()["results"] == [
        made.json()
    ]
    assert (
        Api(people.owner).get(f"{listed}?application={row.pk}&kind=registry").json()["results"]
        == []
    )
    assert Api(people.stranger).get(listed).json()["results"] == []
    again = send(people.owner, file=pdf(), kind="finances")
    assert (again.status_code, again.json()["code"]) == (422, "application_file_once")
    assert send(people.owner, file=pdf("x.exe", b"MZ\x00"), kind="other").status_code == 422
    assert send(people.owner, file=pdf("y.pdf", PDF + b"y"), kind="?").status_code == 400
    assert send(people.stranger, file=pdf(), kind="other").status_code == 404
    assert send(people.auditor, file=pdf(), kind="other").status_code == 404
    assert ApplicationFile.objects.count() == 1
