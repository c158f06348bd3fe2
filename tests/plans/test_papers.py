"""Plans and reviews as files: what the customer gets, whose files they are, what they look like."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone, translation
from pptx import Presentation

from accounts.models import Account
from kam.core.jobs import job_of
from kam.core.models import JobRun
from plans.analytics import papers as cutting
from plans.analytics.deck import slides_of
from plans.analytics.deck_items import GAP, HIGH, SLACK, Grid
from plans.analytics.papers import (
    Chart,
    Facts,
    Paper,
    Section,
    Series,
    Table,
    Text,
    words_of,
    words_of_block,
)
from plans.choices.negotiation import BriefState, EntryState, Side
from plans.choices.plan import Confidentiality, PlanRole, SectionKind
from plans.models import Plan, PlanPaper, PlanSection
from plans.selectors.content import content_of
from plans.selectors.marketing import marketing_content
from plans.selectors.papers.customer import TITLES, customer_plan_paper
from plans.selectors.papers.making import paper_of
from plans.selectors.papers.stakes import negotiation
from plans.selectors.papers.takeaways import takeaway
from plans.services.approval.snapshots import take_snapshot
from plans.services.papers.document import story_of
from plans.services.papers.making import Wish, forget_papers, make_paper
from plans.services.papers.slides import pptx_of
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_product
from tests.factories.figures import make_activity, make_budget
from tests.factories.negotiation import make_brief, make_give_get
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    make_plan_member,
)
from tests.factories.together import make_review, make_team
from tests.settlements.test_settling_paper import words_of as words_of_story

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
# Sections whose text goes along when it is marked, by the word that the test writes in it.
GOING = {kind: f"Openly-{kind}" for kind in TITLES}


def _fill(plan: Plan) -> None:
    """Write a word that is marked, and one that is not, everywhere in a plan."""
    for section in plan.sections.all():
        words = GOING.get(section.kind, f"Secret-{section.kind}")
        PlanSection.objects.filter(pk=section.pk).update(text=words, is_shareable=True)
    plan.swot_items.create(kind="threat", text="Secret-swot", evidence="Secret-evidence")
    for word, is_open in (("Openly", True), ("Secret", False)):
        facts: dict[str, Any] = {"is_shareable": is_open}
        objective = make_objective(
            plan=plan, title=f"{word}-objective", measure=f"{word}-measure",
            gain=Decimal(777777), gain_note="Secret-gain", owner=plan.owner, **facts,
        )  # fmt: skip
        below = make_initiative(
            objective=objective, title=f"{word}-initiative", note="Secret-note", **facts
        )
        make_action(
            plan=plan, initiative=below, title=f"{word}-action", note="Secret-words", **facts
        )
        make_action(plan=plan, title=f"{word}-loose", owner=plan.owner, **facts)
        make_kpi(
            plan=plan, title=f"{word}-target", target=Decimal(4242 if is_open else 666666),
            unit=f"{word}-unit", **facts,
        )  # fmt: skip
        make_team(
            account=plan.account, owner=plan.owner, plan=plan, title=f"{word}-team",
            aim=f"{word}-aim", **facts,
        ).initiatives.create(title="Secret-joint", our_gain="Secret-ours")  # fmt: skip
        plan.activities.create(
            kind="promotion", title=f"{word}-activity", measure="Secret-how",
            planned=Decimal(888888), starts_on=DAY, ends_on=DAY, **facts,
        )  # fmt: skip
        product = make_product(code=f"{word}-product")
        plan.range_steps.create(note="Secret-step", product=product, due_on=DAY, **facts)


def _slides(content: bytes) -> str:
    """Every word on slides: text, tables, charts, notes."""
    found = []
    for slide in Presentation(io.BytesIO(content)).slides:
        assert not slide.has_notes_slide
        for shape in slide.shapes:
            if shape.has_text_frame:
                found.append(shape.text_frame.text)
            if shape.has_table:
                found += [cell.text for row in shape.table.rows for cell in row.cells]
            if shape.has_chart:
                found += [str(one) for one in shape.chart.plots[0].categories]
    return "\n".join(found)


def _everywhere(paper: Any) -> list[str]:
    """A paper as blocks, as a PDF's story, and as slides."""
    slides = pptx_of(paper, printed_on=DAY)
    return [
        "\n".join(words_of(paper)),
        words_of_story(story_of(paper, printed_on=DAY)),
        _slides(slides),
    ]


def test_the_customer_gets_what_is_marked_and_nothing_else(people: People, plan: Plan) -> None:
    _fill(plan)
    facts: dict[str, Any] = {"user": people.owner, "as_of": DAY}
    paper = paper_of(plan, is_for_customer=True, **facts)
    marked = {
        *GOING.values(), "Openly-objective", "Openly-measure", "Openly-initiative", "Openly-action",
        "Openly-loose", "Openly-target", "Openly-team", "Openly-aim", "Openly-activity",
        "Openly-product",
    }  # fmt: skip
    for said in _everywhere(paper):
        assert {one for one in marked if one not in said} == set()
        for never in ("Secret", "777", "666", "888", str(people.owner), "Draft", "Open to the"):
            assert never not in said
    whole = "\n".join(words_of(paper_of(plan, is_for_customer=False, **facts)))
    assert {one for one in ("Secret-swot", "Secret-objective", "777,777", str(people.owner))
            if one not in whole} == set()  # fmt: skip
    PlanSection.objects.filter(plan=plan).update(is_shareable=False)
    closed = "\n".join(words_of(paper_of(plan, is_for_customer=True, **facts)))
    assert [one for one in GOING.values() if one in closed] == []


def test_what_nobody_named_stays_at_home() -> None:
    known = set(SectionKind.values) - set(TITLES)
    assert known == {"figures", "portrait", "swot", "risks", "negotiation"}
    row = {"id": 1, "title": "Named", "is_shareable": True, "invented": "Secret"}
    document = {
        "header": {"title": "T", "account": {"id": 1, "name": "A"}, "first_day": "2026-01-01",
                   "last_day": "2026-12-31", "owner": {"id": 1, "name": "Secret"}},
        "sections": [
            {"id": "invented", "text": "Secret", "is_shareable": True, "content": {"kpis": [row]}},
            {"id": "kpis", "text": "", "is_shareable": True, "extra": "Secret",
             "content": {"kpis": [row, {**row, "is_shareable": "yes", "title": "Secret"}],
                         "invented": [row | {"title": "Secret"}]}},
        ],
    }  # fmt: skip
    said = "\n".join(words_of(customer_plan_paper(document, [])))
    assert ("Named" in said, "Secret" in said) == (True, False)


def test_a_review_for_the_customer(people: People, account: Account, plan: Plan) -> None:
    review = make_review(
        account=account, owner=people.owner, plan=plan, title="Half-year", stage="Secret-stage",
        summary="Secret-summary", our_rating=5, their_rating=2,
    )  # fmt: skip
    for word, is_open in (("Openly", True), ("Secret", False)):
        item = review.agenda.create(title=f"{word}-point", is_shareable=is_open)
        review.lines.create(text=f"{word}-line", item=item, is_shareable=is_open)
    review.lines.create(text="Openly-alone", item=item, is_shareable=True)
    review.participants.create(user=people.teammate)
    make_action(plan=plan, title="Secret-action")
    facts: dict[str, Any] = {"user": people.owner, "as_of": DAY}
    paper = paper_of(review, is_for_customer=True, **facts)
    for said in _everywhere(paper):
        assert {one for one in ("Openly-point", "Openly-line", "Openly-alone", "Half-year")
                if one not in said} == set()  # fmt: skip
        for never in ("Secret", str(people.owner), str(people.teammate), "rating"):
            assert never not in said
    review.is_summary_shareable, review.summary = True, "Openly-summary"
    review.save()
    assert "Openly-summary" in "\n".join(words_of(paper_of(review, is_for_customer=True, **facts)))
    whole = "\n".join(words_of(paper_of(review, is_for_customer=False, **facts)))
    told = ("Secret-stage", "Secret-action", "Secret-line", str(people.teammate), "Their rating")
    assert [one for one in told if one not in whole] == []


def test_files_are_their_makers_as_long_as_they_may_read(people: People, plan: Plan) -> None:
    owner = client_of(people.owner)
    url = reverse("plans:plan-papers", args=[plan.pk])
    assert url in owner.get(plan.get_absolute_url()).content.decode()
    went = owner.post(url, {"kind": "pdf", "language": "vi"})
    run = JobRun.objects.get(name="plans.make_paper")
    assert went["Location"] == reverse("plans:paper-run", args=[run.pk])
    assert b"<progress" in owner.get(went["Location"]).content
    assert owner.post(url, {"kind": "doc", "language": "xx"}).status_code == 422
    make_plan_member(plan=plan, user=people.stranger, role=PlanRole.READER)
    for who in (people.stranger, people.director):
        assert client_of(who).get(went["Location"]).status_code == 404
    _run(run)
    paper = PlanPaper.objects.get()
    file = reverse("plans:paper-file", args=[paper.pk])
    assert file in owner.get(went["Location"]).content.decode()
    answer = owner.get(file)
    assert b"".join(answer).startswith(b"%PDF-")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    name = f'filename="kesko-2026-{timezone.localdate()}-internal.pdf"'
    assert answer["Content-Disposition"] == f"attachment; {name}"
    for who in (people.director, people.stranger):
        assert client_of(who).get(file).status_code == 404
    paper.language = "en"
    with pytest.raises(IntegrityError, match="made anew"), transaction.atomic():
        paper.save()
    with pytest.raises(IntegrityError, match="one_subject"), transaction.atomic():
        PlanPaper.objects.create(**_facts(paper), plan=None)


def _facts(paper: PlanPaper) -> dict[str, Any]:
    names = ("kind", "language", "as_of", "file", "name", "size", "sha256", "made_by", "made_at")
    return {name: getattr(paper, name) for name in names}


def _run(run: JobRun) -> None:
    """Do what a worker does, inside the test's transaction."""
    shown: Any = SimpleNamespace(run_id=run.pk, report=lambda *_words: None)
    job_of(run.name).function(shown, **run.arguments)


def _begin(answer: Any) -> bytes:
    """The first two bytes of a download, which is closed."""
    return b"".join(answer)[:2]


def test_who_may_read_no_longer_has_no_file(people: People, plan: Plan) -> None:
    """A named reader, and an approver whose days are over; page and API alike."""
    plan.confidentiality = Confidentiality.NAMED
    plan.save()
    wish = Wish(kind="pptx", is_for_customer=False, language="en", as_of=DAY)
    now, today = timezone.now(), timezone.localdate()
    snapshot = take_snapshot(plan=plan, reason="by_hand", as_of=DAY, by=people.owner)
    for role in (PlanRole.READER, PlanRole.APPROVER):
        member = make_plan_member(plan=plan, user=people.stranger, role=role)
        subjects: tuple[Any, ...] = (plan, snapshot)
        papers = [make_paper(subject=one, wish=wish, by=people.stranger, now=now)
                  for one in subjects]  # fmt: skip
        addresses = [reverse("plans:paper-file", args=[one.pk]) for one in papers]
        api = [f"/api/v1/plan-papers/{one.pk}/file/" for one in papers]
        asks = [f"/api/v1/plans/{plan.pk}/papers/", f"/api/v1/plan-snapshots/{snapshot.pk}/papers/"]
        client, caller = client_of(people.stranger), Api(people.stranger)
        assert [_begin(client.get(one)) for one in addresses] == [b"PK", b"PK"]
        assert [_begin(caller.get(one)) for one in api] == [b"PK", b"PK"]
        assert {caller.post(one, {"kind": "pptx"}).status_code for one in asks} == {202}
        member.valid = DateRange(today - timedelta(days=9), today)
        member.save()
        assert {client.get(one).status_code for one in addresses} == {404}
        assert {caller.get(one).status_code for one in api} == {404}
        assert {caller.post(one, {"kind": "pptx"}).status_code for one in asks} == {404}
        assert caller.get("/api/v1/plan-papers/").json()["results"] == []


def test_whoever_supports_reads_no_figures(people: People, plan: Plan) -> None:
    make_plan_member(plan=plan, user=people.stranger)
    make_kpi(plan=plan, title="Ours", target=Decimal(4242))
    said = "\n".join(words_of(paper_of(plan, user=people.stranger, as_of=DAY,
                                       is_for_customer=False)))  # fmt: skip
    assert ("Ours" in said, "Figures of the account are for" in said) == (False, True)


@pytest.mark.parametrize("language", ["en", "zh-hans", "vi"])
def test_long_words_fit_on_slides(people: People, plan: Plan, language: str) -> None:
    words = {"en": "shelf ", "zh-hans": "货架份额", "vi": "thị phần "}[language]
    section = plan.sections.get(kind="ambition")
    section.text = words * 900
    section.save()
    for _n in range(30):
        make_objective(plan=plan, title=(words * 40)[:200], measure=(words * 60)[:300])
    with translation.override(language):
        paper = paper_of(plan, user=people.owner, as_of=DAY, is_for_customer=False)
        deck: Any = Presentation(io.BytesIO(pptx_of(paper, printed_on=DAY)))
    assert len(deck.slides) < 60
    for slide in deck.slides:
        titles = [one for one in slide.shapes if one.is_placeholder]
        assert (len(titles), bool(titles[0].text_frame.text)) == (1, True)
        for shape in slide.shapes:
            assert shape.top + shape.height <= deck.slide_height
            if shape.has_table:
                assert len(shape.table.rows) <= 24
    fonts = deck.slides[0].shapes[0].text_frame._txBody.xpath(".//a:ea/@typeface")
    assert fonts == ["Microsoft YaHei"]


def test_the_budget_is_held_against_our_part(people: People, plan: Plan) -> None:
    make_budget(plan=plan, amount=1000)
    make_activity(plan=plan, planned=900, payer="shared", our_percent=50)
    make_activity(plan=plan, planned=400, payer="they")
    content = marketing_content(plan, people.owner, DAY)
    said = takeaway(SectionKind.MARKETING, content)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == "450 EUR planned of a budget of 1,000 EUR"
    PlanSection.objects.get_or_create(plan=plan, kind=SectionKind.MARKETING)
    section = client_of(people.owner).get(reverse("plans:section", args=[plan.pk, "marketing"]))
    costs = [line.ours.forecast for line, _badge, _days in section.context["rows"]]
    assert costs == [450, 0]
    page = section.content.decode()
    assert ("450\N{NO-BREAK SPACE}EUR" in page, "900" in page) == (True, False)


def test_cutting() -> None:
    assert cutting.width_of("a货é") == 4
    assert cutting.cut("one two three", 7) == ["one two", "three"]
    assert cutting.cut("货架份额", 5) == ["货架", "份额"]
    assert cutting.cut("", 5) == [""]
    assert cutting.short("one two three", 8) == "one two…"
    table = Table(["a", "b"], [["one two three", "x"]])
    assert cutting.split_rows(table, [4, 4], 1) == [["one", "x"], ["two", ""], ["thre", ""],
                                                    ["e", ""]]  # fmt: skip


def test_short_sections_share_a_slide_and_none_is_nearly_empty() -> None:
    rows = [[f"Action {n}", "Nobody", "Open"] for n in range(19)]
    table = Table(["Action", "Owner", "State"], rows)
    names = ["Two more metres", "On time"]
    chart = Chart("Progress", "%", names, [Series("Now", [Decimal(8), Decimal(9)])], [["8"], ["9"]])
    sections = [
        Section("Ambition", [Text("First call.")], "One sentence"),
        Section("Empty", [Text("Nothing was written.")], is_blank=True),
        Section(
            "Facts", [Facts([("Budget", "40 EUR"), ("Kind", "a long sentence of what it is")])]
        ),
        Section("Actions", [Text("All of them."), table]),
        Section("Chart", [table, chart]),
    ]
    paper = Paper("Us", "Plan", "Them", [], sections)
    slides = slides_of(paper)
    told = [[(part.section.title, part.number) for part in one.parts] for one in slides]
    assert told == [
        [("Ambition", 1), ("Facts", 1)], [("Actions", 1)], [("Actions", 2), ("Chart", 1)],
        [("Chart", 2)],
    ]  # fmt: skip
    grids = [i for one in slides for part in one.parts for i in part.items if isinstance(i, Grid)]
    assert min(len(one.rows) for one in grids) >= 3
    assert sum(len(one.rows) for one in grids) == 38
    assert max(one.used for one in slides) <= HIGH + GAP + SLACK
    deck: Any = Presentation(io.BytesIO(pptx_of(paper, printed_on=DAY)))
    titles = [one.shapes.title.text_frame.text for one in deck.slides]
    assert titles[1:3] == ["Ambition · Facts", "Actions (1/2)"]
    assert sum(shape.has_chart for one in deck.slides for shape in one.shapes) == 1
    assert "One sentence" in "\n".join(words_of(paper))


def test_old_files_go(people: People, plan: Plan) -> None:
    wish = Wish(kind="pdf", is_for_customer=True, language="en", as_of=DAY)
    now = timezone.now()
    old = make_paper(subject=plan, wish=wish, by=people.owner, now=now - timedelta(days=31))
    new = make_paper(subject=plan, wish=wish, by=people.owner, now=now)
    assert default_storage.exists(str(old.file))
    assert forget_papers(now=now) == 1
    assert list(PlanPaper.objects.all()) == [new]
    new.file.storage.delete(str(new.file))


def test_a_negotiation_on_paper_speaks_the_readers_language(people: People, plan: Plan) -> None:
    facts: dict[str, Any] = {"account": plan.account, "plan": plan}
    brief = make_brief(owner=people.owner, state="under_way", **facts)
    done: dict[str, Any] = {"state": "delivered", "delivered_on": DAY, "proof": "Photo"}
    make_give_get(brief=brief, value="300", **facts)
    make_give_get(brief=brief, side="get", value="200", **done, **facts)
    document = content_of(plan, as_of=DAY)
    content = next(one["content"] for one in document["sections"] if one["id"] == "negotiation")
    assert {one["side"] for one in content["entries"]} == {"give", "get"}
    for language, ratio in (("en", "1.5"), ("fi", "1,5")):
        with translation.override(language):
            said = {word for one in negotiation(content) for word in words_of_block(one)}
            labels = (Side.GIVE, Side.GET, EntryState.AGREED, EntryState.DELIVERED)
            expected = [str(one.label) for one in (*labels, BriefState.UNDER_WAY)]
        assert [one for one in (*expected, ratio) if one not in said] == []
