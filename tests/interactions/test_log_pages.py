"""Pages of contacts: logging in two screens, who may what, one contact and what grows of it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import StakeholderRating, Task
from interactions.models import Attachment, Concern, Draft, Interaction, Need, Note
from interactions.services.becoming import become_need
from kam.core import file_kinds
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.interactions import make_contact
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db
LOG = "/contacts/log/"


def typed(account: Any, **values: Any) -> dict[str, Any]:
    facts = {
        "account": account.pk, "kind": "call", "occurred_at": "2026-03-02T14:30",
        "summary": "Spring range", "draft": "d1",
    }  # fmt: skip
    return {**facts, **values}


def test_a_contact_is_logged_on_two_screens(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    buyer = make_position(account=account, name="Anna Ahti")
    client = client_of(people.owner)
    first = client.get(LOG)
    assert "Kesko" in first.content.decode()
    second = client.get(LOG, headers={"referer": f"http://testserver/accounts/{account.pk}/"})
    assert "Anna Ahti" in second.content.decode()
    by_person = client.get(f"{LOG}?person={buyer.person_id}")
    assert f'name="people" value="{buyer.pk}" checked' in by_person.content.decode()
    client.post("/contacts/draft/", typed(account, summary="Half"))
    assert Draft.objects.get().content["summary"] == ["Half"]
    assert 'value="Half"' in client.get(f"{LOG}?draft=d1").content.decode()
    sent = typed(
        account,
        people=[buyer.pk],
        **{
            f"mood-{buyer.pk}": "2", "note-0-kind": "need", "note-0-text": "Crates",
            "note-0-keep": "on", "note-0-by": buyer.pk, "note-1-kind": "market",
            "note-1-text": "Grows", "note-1-follow": "on",
        },
    )  # fmt: skip
    answer = client.post(LOG, sent)
    contact = Interaction.objects.get()
    assert answer.headers["Location"] == f"{contact.get_absolute_url()}?logged=1"
    assert (contact.kind, contact.direction, contact.author) == ("call", "two_way", people.owner)
    assert contact.occurred_at.isoformat() == "2026-03-02T12:30:00+00:00"
    assert contact.participants.get().sentiment == 2
    assert Need.objects.get().voiced_by == buyer
    assert Task.objects.get().owner == people.owner
    assert not Draft.objects.exists()
    again = client.post(LOG, typed(account, next="1"))
    assert again.headers["Location"] == f"{LOG}?choose=1"


def test_a_noted_concern_is_raised_as_the_contact_is_logged(people: People) -> None:
    account = make_account(lead=people.teammate)
    noted = {"note-0-kind": "concern", "note-0-text": "Pallets break"}
    client = client_of(people.owner)
    client.post(LOG, typed(account, draft="d1", **noted))
    assert not Concern.objects.exists()
    client.post(LOG, typed(account, draft="d2", **noted, **{"note-0-keep": "on"}))
    raised = Concern.objects.get()
    assert (raised.title, raised.owner, raised.author) == (
        "Pallets break", people.teammate, people.owner,
    )  # fmt: skip
    assert raised.note == Note.objects.latest("pk")
    assert not raised.is_confidential
    secret = typed(account, draft="d3", **noted, **{"note-0-keep": "on", "is_confidential": "on"})
    client_of(people.teammate).post(LOG, secret)
    assert Concern.objects.latest("pk").is_confidential
    unled = make_account(name="Nobody's")
    client_of(people.director).post(LOG, typed(unled, **noted, **{"note-0-keep": "on"}))
    assert Concern.objects.get(account=unled).owner == people.director


def test_what_is_wrong_stays_typed(people: People) -> None:
    account = make_account(lead=people.owner)
    gone = make_position(account=account, name="Bo Berg", until=timezone.localdate())
    client = client_of(people.owner)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"summary": ""}, "This field is required."),
        ({"occurred_at": "2099-01-01T10:00"}, "This is still to come."),
        ({"occurred_at": timezone.localtime().strftime("%Y-%m-%dT00:01"), "people": [gone.pk]},
         "This person was not at this customer on that day."),
        ({"place": "Elsewhere"}, "There is no such store of this customer."),
        ({"minutes": "0"}, "Ensure this value is greater than or equal to 1."),
    ]  # fmt: skip
    for facts, words in cases:
        answer = client.post(LOG, typed(account, text="Kept words", **facts))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page
        assert "Kept words" in page
    more = client.post(LOG, typed(account, more="1", **{"note-0-text": "One"}))
    assert 'name="note-1-text"' in more.content.decode()
    assert client.get(f"{LOG}?account=Nobody").status_code == 422
    assert not Interaction.objects.exists()


def test_who_may_do_what(people: People) -> None:
    account = make_account(lead=people.owner)
    plain = make_contact(account=account, author=people.owner, notes=[("need", "Crates")])
    secret = make_contact(account=account, author=people.owner, is_confidential=True)
    note = plain.notes.get()
    url = plain.get_absolute_url()
    acts = [
        ("get", url, "owner teammate director controller administrator auditor"),
        ("get", secret.get_absolute_url(), "owner director"),
        ("get", f"{LOG}?account={account.pk}", "owner teammate director controller administrator"),
        ("get", f"{url}edit/", "owner"),
        ("get", f"{url}correct/", "owner director administrator"),
        ("get", f"{url}take-back/", "owner"),
        ("get", f"{url}notes/", "owner teammate director controller administrator"),
        ("post", f"/contacts/notes/{note.pk}/follow-up/",
         "owner teammate director controller administrator"),
        ("get", f"/accounts/{account.pk}/panels/contacts/",
         "owner teammate director controller administrator auditor"),
    ]  # fmt: skip
    for method, address, allowed in acts:
        for name in ("owner", "teammate", "stranger", "director", "controller", "administrator",
                     "auditor"):  # fmt: skip
            answer = getattr(client_of(getattr(people, name)), method)(address)
            is_open = answer.status_code in (200, 302)
            if address.startswith(LOG) and name == "stranger":
                is_open = answer.status_code != 422
            assert is_open == (name in allowed.split()), (name, address, answer.status_code)
    assert Task.objects.count() == 1
    assert client_of(people.stranger).post(LOG, typed(account)).status_code == 422
    assert Interaction.objects.count() == 2


def test_lists_cost_the_same_at_any_size(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    account = make_account(lead=people.owner)
    client = client_of(people.owner)
    store = make_account(parent=account, kind="store")

    def add() -> None:
        buyer = make_position(account=account)
        row = make_contact(
            account=account, author=people.owner, participants={buyer: 1}, place=store,
            notes=[("need", "Crates")],
        )  # fmt: skip
        become_need(note=row.notes.get(), by=people.owner)

    add()
    client.get("/contacts/")
    counts = {
        "/contacts/": 9,
        "/needs/": 5,
        f"/accounts/{account.pk}/panels/contacts/": 9,
        f"/accounts/{account.pk}/panels/needs/": 8,
    }
    for size in (1, 3):
        for address, count in counts.items():
            with django_assert_num_queries(count, info=f"{size} {address}"):
                assert client.get(address).status_code == 200
        add()
        add()


def test_one_contact_tells_all_and_lets_it_grow(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account, name="Anna Ahti")
    contact = make_contact(
        account=account, author=people.owner, participants={buyer: 2},
        notes=[("need", "Crates"), ("concern", "Late"), ("promise", "Samples"),
               ("competitor", "New line"), ("price", "1.79")],
    )  # fmt: skip
    client, url = client_of(people.owner), contact.get_absolute_url()
    notes = {note.kind: note.pk for note in contact.notes.all()}
    for kind, verb in (("need", "need"), ("concern", "concern"), ("market", "follow-up")):
        pk = notes.get(kind, notes["need"])
        assert client.post(f"/contacts/notes/{pk}/{verb}/").status_code == 302
    promise = {"side": "ours", "due_on": "2026-07-01"}
    assert client.post(f"/contacts/notes/{notes['promise']}/promise/", promise).status_code == 302
    page = client.get(url).content.decode()
    for words in ("In the needs register", "Concern", "Promise", "Follow-up", "Keep the price"):
        assert words in page
    support = {"value": "2", "evidence": "Said so"}
    participant = contact.participants.get()
    assert client.post(f"{url}rate/{participant.pk}/", support).status_code == 302
    rating = StakeholderRating.objects.get()
    assert (rating.value, rating.evidence, rating.basis) == (2, "Said so", "confirmed")
    person_page = client.get(f"/people/{buyer.person_id}/panels/contacts/").content.decode()
    assert "Sounded 2.0" in person_page
    again = client.post(f"/contacts/notes/{notes['need']}/need/", follow=True)
    assert "This note became that already." in again.content.decode()
    assert Need.objects.count() == 1


def office(main: str, *more: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", main, *more):
            archive.writestr(name, "<x/>")
    return file.getvalue()


def test_files_are_told_by_their_content() -> None:
    cases = [
        ("a.exe", b"%PDF-1.7 x", "pdf"),
        ("a.docx", office("word/document.xml"), "docx"),
        ("a.xlsx", office("xl/workbook.xml"), "xlsx"),
        ("a.pptx", office("ppt/presentation.xml"), "pptx"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), ""),
        ("a.docx", office("word/document.xml", "xl/workbook.xml"), ""),
        ("a.docx", office("other.xml"), ""),
        ("a.docx", b"PK\x03\x04 broken", ""),
        ("a.txt", "käärme".encode(), "txt"),
        ("a.csv", b"a;b\r\n1;2", "csv"),
        ("a.eml", b"From: a@x.example\r\n\r\nHello", "eml"),
        ("a.eml", b"no header", ""),
        ("a.txt", b"\x00\x01", ""),
        ("a.html", b"<script>alert(1)</script>", ""),
        ("a.svg", b"<svg/>", ""),
        ("a.exe", b"MZ\x90\x00", ""),
    ]
    for name, content, kind in cases:
        assert file_kinds.kind_of(io.BytesIO(content), name) == kind, name
    names = {
        "../../etc/passwd": "passwd.pdf",
        "C:\\temp\\Offer.PDF": "Offer.pdf",
        "invoice\u202efdp.exe": "invoicefdp.exe.pdf",
        'a<b>:"|?*.pdf': "ab.pdf",
        "": "file.pdf",
        "x" * 300: "x" * 196 + ".pdf",
    }
    for name, cleaned in names.items():
        assert file_kinds.cleaned_name(name, "pdf") == cleaned


def test_files_are_downloads_alone(people: People) -> None:
    account = make_account(lead=people.owner)
    contact = make_contact(account=account, author=people.owner, is_confidential=True)
    client, url = client_of(people.owner), contact.get_absolute_url()
    files = [
        SimpleUploadedFile("offer.pdf", b"%PDF-1.7 a"),
        SimpleUploadedFile("page.html", b"<script>"),
        SimpleUploadedFile("same.pdf", b"%PDF-1.7 a"),
    ]
    page = client.post(f"{url}files/", {"files": files}, follow=True).content.decode()
    assert "Kept: offer.pdf" in page
    assert page.count("This file cannot be kept") == 1
    assert "This file is kept with the contact already." in page
    kept = Attachment.objects.get()
    answer = client.get(reverse("interactions:attachment", args=[kept.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 a"  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for other in (people.stranger, people.teammate, people.auditor):
        address = reverse("interactions:attachment", args=[kept.pk])
        assert client_of(other).get(address).status_code == 404
    many = [SimpleUploadedFile(f"{n}.pdf", b"%%PDF-%d" % n) for n in range(10, 20)]
    page = client.post(f"{url}files/", {"files": many}, follow=True).content.decode()
    assert "A contact keeps at most 10 files." in page
    assert Attachment.objects.count() == 10
    assert Client().get(url).status_code == 302
