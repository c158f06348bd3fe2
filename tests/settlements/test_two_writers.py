"""Two who write the same part of a draft: the second sees the first before anything is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.forms import BaseForm
from django.test import Client
from django.urls import reverse

from settlements.choices.terms import Preset
from settlements.models import AgreementVersion, SettlementTerm, TradeCondition
from settlements.services.terms import parts
from settlements.services.terms.copying import term_draft_of
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.terms import make_agreement, make_condition, make_schedule, make_term

pytestmark = pytest.mark.django_db
STALE = "Somebody else changed this meanwhile."
NOW = "It says now: {} – save again to put yours in its place."
type Row = Any


def of(name: str, version: AgreementVersion, *rest: object) -> str:
    return reverse(f"settlements:{name}", args=[version.agreement_id, version.version, *rest])


@pytest.fixture
def term(people: People) -> SettlementTerm:
    """A concession in a draft of the owner's."""
    version = AgreementVersion.objects.create(
        agreement=make_agreement(account=make_account(lead=people.owner)),
        version=1,
        valid=("2026-01-01", None),
    )
    return make_term(
        version=version, preset=Preset.CONCESSION, media=[("CARD", "5")],
        guarantee={"basis": "sales", "amount": Decimal(100), "test_period": "month"},
    )  # fmt: skip


@pytest.fixture
def client(people: People) -> Client:
    return client_of(people.owner)


def sent_by(*forms: BaseForm) -> dict[str, Any]:
    """What a browser sends of forms that nobody touched."""
    found = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value not in (None, "", False):
                found[bound.html_name] = value
    return found


def of_rows(head: BaseForm, rows: Any) -> dict[str, Any]:
    return sent_by(head, rows.management_form, *rows.forms)


PARTS: dict[str, tuple[Callable[[Any], dict[str, Any]], str, str, str, str]] = {
    # what of the page is sent; which field both change; theirs, as it is told, and mine
    "period": (lambda page: sent_by(page["header"]), "header-note", "Theirs", "Theirs", "Mine"),
    "axes": (lambda page: sent_by(page["terms"][0].axes), "axes-{pk}-cycle", "weekly",
             "Every week", "quarterly"),
    "guarantee": (lambda page: sent_by(page["terms"][0].guarantee), "guarantee-{pk}-amount", "250",
                  "250", "300"),
    "payment": (lambda page: of_rows(page["terms"][0].payment.base, page["terms"][0].payment.lines),
                "payment-{pk}-lines-0-number_1", "45", "45", "60"),
    "media": (lambda page: of_rows(page["terms"][0].media.head, page["terms"][0].media.rows),
              "media-{pk}-0-percent", "7", "7", "9"),
    "bearers": (lambda page: of_rows(page["bearers"].head, page["bearers"].rows),
                "bearers-0-note", "Theirs", "Theirs", "Mine"),
}  # fmt: skip


def _url(term: SettlementTerm, part: str) -> str:
    version = term.version
    if part in ("period", "bearers"):
        return of(f"agreement-{part}-save", version)
    return of("agreement-term-save", version, term.pk, part)


@pytest.mark.parametrize("as_part", [True, False], ids=["in place", "as a page"])
@pytest.mark.parametrize("part", PARTS)
def test_two_tabs_on_a_section(
    client: Client, term: SettlementTerm, part: str, as_part: bool
) -> None:
    read, field, theirs, told, mine = PARTS[part]
    field, url = field.format(pk=term.pk), _url(term, part)
    data = read(client.get(of("agreement-version-edit", term.version)).context)
    if part == "bearers":
        data |= {"bearers-0-bearer": "us"}
    headers = {"HX-Request": "true"} if as_part else {}
    assert client.post(url, data | {field: theirs}, headers=headers).status_code in (200, 302)
    refused = client.post(url, data | {field: mine}, headers=headers)
    words = refused.content.decode()
    assert (refused.status_code, STALE in words) == (422, True)
    assert NOW.format(told) in words
    assert mine in words
    page = refused.context
    shown = page if not as_part else _shaped(page)
    again = read(shown)
    assert again[field] == mine  # nothing that was typed is lost
    assert client.post(url, again, headers=headers).status_code in (200, 302)
    after = read(client.get(of("agreement-version-edit", term.version)).context)
    assert str(after[field]) == mine


def _shaped(page: Any) -> dict[str, Any]:
    """A part's context as the whole page has it."""
    names = ("header", "bearers")
    found: dict[str, Any] = {name: page[name] for name in names if name in page}
    return found | ({"terms": [page["section"]]} if "section" in page else {})


def test_different_sections_stand_in_nobodys_way(client: Client, term: SettlementTerm) -> None:
    page = client.get(of("agreement-version-edit", term.version)).context
    for part, (read, field, theirs, _told, _mine) in PARTS.items():
        data = read(page) | {field.format(pk=term.pk): theirs}
        if part == "bearers":
            data |= {"bearers-0-bearer": "us"}
        assert client.post(_url(term, part), data).status_code == 302, part
    draft = term_draft_of(SettlementTerm.objects.get(pk=term.pk))
    assert (draft.cycle, draft.media[0].percent) == ("weekly", 7)
    assert draft.guarantee is not None
    assert draft.guarantee.amount == 250
    assert draft.lines[0].operations[0].value == 45


def test_a_part_is_put_over_what_stands(people: People, term: SettlementTerm) -> None:
    """What somebody wrote in another part since the page was read stays, however late it came."""
    old = term_draft_of(term)
    version, by = term.version, people.owner
    assert old.guarantee is not None
    parts.save_part(
        term=term, part="media", by=by,
        put=lambda start: type(start)(**(vars(start) | {"media": ()})),
    )  # fmt: skip
    parts.save_part(
        term=term, part="axes", by=by,
        put=lambda start: type(start)(**(vars(start) | {"cycle": "weekly"})),
    )  # fmt: skip
    draft = term_draft_of(version.terms.get())
    assert (draft.cycle, list(draft.media), draft.guarantee) == ("weekly", [], old.guarantee)


def test_rows_that_another_added_are_shown_and_go_only_when_seen(
    client: Client, term: SettlementTerm
) -> None:
    read = PARTS["media"][0]
    url, prefix = _url(term, "media"), f"media-{term.pk}"
    data = read(client.get(of("agreement-version-edit", term.version)).context)
    more = [("GIFT", "1"), ("VOUCHER", "2"), ("POINTS", "3")]
    theirs = dict(data) | {f"{prefix}-TOTAL_FORMS": 4}
    for row, (medium, percent) in enumerate(more, 1):
        theirs |= {
            f"{prefix}-{row}-medium": medium, f"{prefix}-{row}-percent": percent,
            f"{prefix}-{row}-rule": "own",
        }  # fmt: skip
    assert client.post(url, theirs).status_code == 302
    mine = data | {f"{prefix}-0-percent": "9", f"{prefix}-1-medium": "GIFT",
                   f"{prefix}-1-percent": "1", f"{prefix}-1-rule": "own"}  # fmt: skip
    refused = client.post(url, mine)
    words = refused.content.decode()
    assert refused.status_code == 422
    for medium in ("POINTS", "VOUCHER"):
        assert NOW.format(medium) in words
    assert client.post(url, read(refused.context)).status_code == 302
    rules = term.media.order_by("medium").values_list("medium", "percent")
    # The row that both wrote alike stands, although it differs from nothing that was there.
    assert list(rules) == [("CARD", 9), ("GIFT", 1)]


def test_bands_conditions_and_the_agreement_itself(client: Client, term: SettlementTerm) -> None:
    version = term.version
    schedule = make_schedule(version=version, bands=[("0", None, "5")], name="Steps")
    condition = make_condition(version=version, name="Fee")
    pages: Iterable[tuple[str, str, Callable[[Any], dict[str, Any]]]] = (
        (of("agreement-bands-edit", version, schedule.pk), "schedule-bands-0-rate",
         lambda page: of_rows(page["editor"].head, page["editor"].rows)),
        (of("agreement-bands-edit", version, schedule.pk), "schedule-name",
         lambda page: of_rows(page["editor"].head, page["editor"].rows)),
        (of("agreement-condition-edit", version, condition.pk), "value",
         lambda page: sent_by(page["form"])),
        (reverse("settlements:agreement-edit", args=[version.agreement_id]), "note",
         lambda page: sent_by(page["form"])),
    )  # fmt: skip
    for url, field, read in pages:
        data = read(client.get(url).context)
        assert client.post(url, data | {field: "7"}).status_code == 302, url
        refused = client.post(url, data | {field: "9"})
        words = refused.content.decode()
        assert (refused.status_code, STALE in words) == (422, True), url
        assert NOW.format("7") in words
        again = read(refused.context)
        assert again[field] == "9"
        assert client.post(url, again).status_code == 302, url
    schedule.refresh_from_db()
    assert (schedule.name, schedule.bands.get().rate) == ("9", 9)
    version.agreement.refresh_from_db()
    assert version.agreement.note == "9"


def test_what_another_changed_is_not_taken_out_unseen(
    client: Client, people: People, term: SettlementTerm
) -> None:
    version = term.version
    schedule = make_schedule(version=version, bands=[("0", None, "5")], name="Steps")
    condition = make_condition(version=version, name="Fee")

    def change_term() -> None:
        parts.save_part(
            term=term, part="axes", by=people.director,
            put=lambda start: type(start)(**(vars(start) | {"cycle": "weekly"})),
        )  # fmt: skip

    acts: Iterable[tuple[Row, str, Callable[[], object]]] = (
        (schedule, of("agreement-bands-remove", version, schedule.pk), schedule.save),
        (condition, of("agreement-condition-remove", version, condition.pk), condition.save),
        (term, of("agreement-term-remove", version, term.pk), change_term),
    )
    for row, url, change in acts:
        asked = client.get(url).context["version"]
        change()
        refused = client.post(url, {"version": asked}, follow=True)
        assert STALE in refused.content.decode(), url
        assert type(row).objects.filter(pk=row.pk).exists()
        assert client.post(url, {"version": client.get(url).context["version"]}).status_code == 302
        assert not type(row).objects.filter(pk=row.pk).exists()
    assert not TradeCondition.objects.exists()
