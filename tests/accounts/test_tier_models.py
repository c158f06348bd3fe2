"""Drafts, publishing, and what the database itself refuses about tiers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import TierMethod, TierModelStatus
from accounts.models import (
    Tier,
    TierAssignment,
    TierCriterion,
    TierModel,
    TierOverride,
    TierRating,
)
from accounts.selectors.tiers.models import model_in_force, state_of
from accounts.services.tiers.drafts import (
    ModelDraft,
    discard_draft,
    draft_of,
    problems_of,
    save_draft,
)
from accounts.services.tiers.overrides import end_override, set_override
from accounts.services.tiers.presets import PRESETS
from accounts.services.tiers.publishing import publish_model, withdraw_model
from accounts.services.tiers.ratings import rate_account
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.tiers import (
    TODAY,
    criterion,
    make_assignment,
    make_draft,
    make_model,
    make_published,
    make_rating,
    rated,
)

pytestmark = pytest.mark.django_db
LATER = date(2026, 9, 1)


def problems(draft: ModelDraft) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in problems_of(draft)]


def test_a_new_installation_begins_with_two_drafts_that_say_what_the_presets_say() -> None:
    drafts = {model.name: draft_of(model) for model in TierModel.objects.all()}

    assert sorted(drafts) == ["Default model", "Simple start"]
    for preset in PRESETS.values():
        made = save_draft(draft=preset)
        assert draft_of(made) == drafts[preset.name]
        assert problems_of(preset) == []
    weights = {one.measure: one.weight for one in drafts["Default model"].criteria}
    assert sum(weights.values()) == 100
    assert weights["net_revenue"] == 20


def test_a_draft_is_kept_whole_and_written_over() -> None:
    model = make_model(
        rated(),
        criterion("net_revenue", 20, method=TierMethod.BANDS, bands=[(0, 10), (1000, 90)]),
        name="First",
    )
    before = draft_of(model)

    save_draft(draft=make_draft(rated("standing"), name="Second"), model=model)

    assert before.criteria[1].bands == [(Decimal(0), Decimal(10)), (Decimal(1000), Decimal(90))]
    model.refresh_from_db()
    assert (model.name, model.status) == ("Second", TierModelStatus.DRAFT)
    assert [one.measure for one in model.criteria.all()] == ["standing"]
    assert [(tier.code, tier.rank) for tier in model.tiers.all()] == [
        ("strategic", 1),
        ("key", 2),
        ("growth", 3),
        ("maintain", 4),
    ]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (make_draft(rated(weight=0)), [("criteria", "weights_sum_to_nothing")]),
        (
            make_draft(criterion("price_sensitivity", 10, direction="info")),
            [("criteria", "weights_sum_to_nothing"), ("criteria.0.weight", "information_weighs")],
        ),
        (make_draft(rated(weight=-1), rated("standing")), [("criteria.0.weight", "bad_weight")]),
        (make_draft(rated(), rated()), [("criteria.1.measure", "measure_twice")]),
        (make_draft(rated("horoscope")), [("criteria.0.measure", "unknown_measure")]),
        (
            make_draft(criterion(method="minmax", low=1)),
            [("criteria.0.high", "one_cap")],
        ),
        (
            make_draft(criterion(method="minmax", low=5, high=5)),
            [("criteria.0.high", "caps_out_of_order")],
        ),
        (make_draft(criterion(method="bands")), [("criteria.0.bands", "no_bands")]),
        (
            make_draft(criterion(method="bands", bands=[(5, 10), (5, 20)])),
            [("criteria.0.bands", "bands_out_of_order")],
        ),
        (
            make_draft(criterion(method="bands", bands=[(0, 20), (5, 10)])),
            [("criteria.0.bands", "bands_against_direction")],
        ),
        (
            make_draft(criterion(method="bands", bands=[(0, 0), (5, 101)])),
            [("criteria.0.bands", "band_points")],
        ),
        (make_draft(ladder={"a": 50, "b": 10}), [("tiers.1.threshold", "gap")]),
        (
            make_draft(ladder={"a": 50, "b": 60, "c": 0}),
            [("tiers.1.threshold", "thresholds_out_of_order")],
        ),
        (
            make_draft(ladder={"a": 50, "b": 50, "c": 0}),
            [("tiers.1.threshold", "thresholds_out_of_order")],
        ),
        (make_draft(ladder={"a": 99, "b": 0}), [("tiers.0.threshold", "out_of_reach")]),
        (make_draft(ladder={"a": 0}), [("tiers", "number_of_tiers")]),
        (make_draft(name=" "), [("name", "no_name")]),
        (make_draft(margin=21), [("margin", "bad_margin")]),
    ],
)
def test_what_is_wrong_with_a_draft_is_named_by_its_field(
    draft: ModelDraft, expected: list[tuple[str, str]]
) -> None:
    before = TierModel.objects.count()

    assert problems(draft) == expected
    with pytest.raises(RefusedError) as refused:
        save_draft(draft=draft)

    assert (refused.value.field, refused.value.code) == expected[0]
    assert TierModel.objects.count() == before


def test_publishing_numbers_versions_and_fixes_them(people: People) -> None:
    first = make_published(by=people.director)
    second = make_model()

    published = publish_model(model=second, effective_on=LATER, by=people.director, as_of=TODAY)

    assert (first.version, published.version) == (1, 2)
    assert (published.status, published.published_by) == ("published", people.director)
    assert model_in_force(TODAY) == first
    assert model_in_force(date(2026, 6, 14)) is None
    assert model_in_force(LATER) == published
    states = [state_of(m, as_of=TODAY, in_force=first) for m in (first, published, make_model())]
    assert states == ["in_force", "planned", "draft"]
    assert state_of(first, as_of=LATER, in_force=published) == "superseded"


def test_publishing_for_today_asks_for_the_rescoring(people: People) -> None:
    make_published(effective_on=TODAY, by=people.director)
    publish_model(model=make_model(), effective_on=LATER, by=people.director, as_of=TODAY)

    runs = JobRun.objects.filter(name="accounts.rescore_tiers")
    assert [run.requested_by for run in runs] == [people.director]


def test_a_past_day_or_a_taken_day_is_refused(people: People) -> None:
    make_published(effective_on=LATER)
    model = make_model()

    for day, field in ((date(2026, 6, 14), "effective_on"), (LATER, "effective_on")):
        with pytest.raises(RefusedError) as refused:
            publish_model(model=model, effective_on=day, by=people.director, as_of=TODAY)
        assert refused.value.field == field
    model.refresh_from_db()
    assert model.is_draft


def test_a_published_model_takes_no_changes_by_the_services() -> None:
    model = make_published()

    for attempt in (
        lambda: save_draft(draft=make_draft(), model=model),
        lambda: discard_draft(model=model),
        lambda: publish_model(model=model, effective_on=LATER, by=make_user(), as_of=TODAY),
        lambda: withdraw_model(model=model, as_of=TODAY),
    ):
        with pytest.raises(RefusedError):
            attempt()


def test_a_planned_model_can_be_withdrawn_and_a_draft_thrown_away(people: People) -> None:
    planned = publish_model(model=make_model(), effective_on=LATER, by=people.director, as_of=TODAY)
    draft = make_model()

    withdraw_model(model=planned, as_of=TODAY)
    discard_draft(model=draft)

    planned.refresh_from_db()
    assert planned.status == TierModelStatus.RETIRED
    assert model_in_force(LATER) is None
    assert not TierModel.objects.filter(pk=draft.pk).exists()


def refused_by_database(act: Any) -> str:
    """The constraint that refuses."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        act()
    details = getattr(refused.value.__cause__, "diag", None)
    return getattr(details, "constraint_name", "") or str(refused.value)


def test_the_database_keeps_a_published_model_as_it_is() -> None:
    model = make_published()
    criterion_, tier = model.criteria.get(), model.tiers.get(code="key")
    fixed = "tier_model_fixed_once_published"
    attempts = {
        lambda: TierModel.objects.filter(pk=model.pk).update(margin=5): fixed,
        lambda: TierModel.objects.filter(pk=model.pk).update(status="draft"): (
            "tier_model_published_says_when"
        ),
        lambda: TierModel.objects.filter(pk=model.pk).update(effective_on=LATER): fixed,
        lambda: TierCriterion.objects.filter(pk=criterion_.pk).update(weight=1): (
            "tier_criterion_fixed_once_published"
        ),
        lambda: TierCriterion.objects.filter(pk=criterion_.pk).delete(): (
            "tier_criterion_fixed_once_published"
        ),
        lambda: Tier.objects.filter(pk=tier.pk).update(threshold=80): "tier_fixed_once_published",
        lambda: Tier.objects.create(model=model, code="x", name="X", rank=9, threshold=1): (
            "tier_fixed_once_published"
        ),
    }

    for attempt, constraint in attempts.items():
        assert refused_by_database(attempt) in (constraint, fixed)
    model.refresh_from_db()
    assert (model.margin, model.status) == (3, "published")


def test_the_database_refuses_to_publish_what_has_a_gap_or_no_weight() -> None:
    def publish(model: TierModel) -> str:
        return refused_by_database(
            lambda: TierModel.objects.filter(pk=model.pk).update(
                status="published",
                version=99,
                effective_on=LATER,
                published_at="2026-01-01T00:00Z",
            )
        )

    gap, weightless, upside_down = make_model(), make_model(), make_model()
    gap.tiers.filter(code="maintain").update(threshold=1)
    weightless.criteria.update(weight=0)
    upside_down.tiers.filter(code="strategic").update(threshold=20)

    assert publish(gap) == "tier_model_covers_every_score"
    assert publish(weightless) == "tier_model_weights_sum_to_something"
    assert publish(upside_down) == "tier_model_ranks_follow_thresholds"


def test_the_database_refuses_ratings_off_the_scale_and_changes_of_ratings() -> None:
    account = make_account()
    rating = make_rating(account=account, value=3)

    for value in (0, 6):
        constraint = refused_by_database(lambda v=value: make_rating(account=account, value=v))
        assert constraint == "tier_rating_on_its_scale"
    refused_by_database(lambda: TierRating.objects.filter(pk=rating.pk).update(value=5))
    refused_by_database(lambda: TierRating.objects.filter(pk=rating.pk).delete())
    assert TierRating.objects.get().value == 3


def test_the_database_keeps_one_tier_and_one_override_at_a_date(people: People) -> None:
    model = make_published()
    spell = make_assignment(model=model)
    tier = Tier.objects.get(model=model, code="key")

    def override(start: date, end: date | None) -> TierOverride:
        made: TierOverride = TierOverride.objects.create(
            account=spell.account,
            tier=tier,
            reason="x",
            approver=people.director,
            valid=DateRange(start, end),
        )
        return made

    assert refused_by_database(
        lambda: make_assignment(model=model, account=spell.account, code="growth")
    ) == ("tier_assignment_one_at_a_date")
    override(TODAY, LATER)
    assert refused_by_database(lambda: override(TODAY, LATER)) == "tier_override_one_at_a_date"
    assert refused_by_database(lambda: override(LATER, None)) == "tier_override_expires"
    assert TierAssignment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 6}, "value"),
        ({"value": 0}, "value"),
        ({"evidence": "  "}, "evidence"),
        ({"rated_on": date(2026, 6, 16)}, "rated_on"),
        ({"measure": "net_revenue"}, "measure"),
    ],
)
def test_a_rating_that_cannot_be_is_refused_by_its_field(
    change: dict[str, Any], field: str
) -> None:
    values: dict[str, Any] = {
        "account": make_account(),
        "measure": "strategic_fit",
        "value": 4,
        "evidence": "Joint plan signed",
        "rated_on": TODAY,
        "author": make_user(),
        "as_of": TODAY,
    }

    with pytest.raises(RefusedError) as refused:
        rate_account(**{**values, **change})

    assert refused.value.field == field
    assert TierRating.objects.count() == 0
    assert rate_account(**values).value == 4


def test_an_override_carries_reason_approver_and_expiry(people: People) -> None:
    model, account = make_published(), make_account()
    tier = Tier.objects.get(model=model, code="strategic")
    values: dict[str, Any] = {
        "account": account,
        "tier": tier,
        "reason": " Entering a new country together ",
        "approver": people.director,
        "from_date": TODAY,
        "until": LATER,
        "as_of": TODAY,
    }
    other = make_model().tiers.first()

    for change, field in (
        ({"reason": " "}, "reason"),
        ({"until": TODAY}, "until"),
        ({"from_date": date(2026, 6, 14)}, "from_date"),
        ({"tier": other}, "tier"),
    ):
        with pytest.raises(RefusedError) as refused:
            set_override(**{**values, **change})
        assert refused.value.field == field
    override = set_override(**values)

    assert (override.reason, override.approver) == (
        "Entering a new country together",
        people.director,
    )
    with pytest.raises(RefusedError):
        set_override(**values)


def test_ending_an_override_keeps_the_days_it_held(people: People) -> None:
    model, account = make_published(), make_account()
    values: dict[str, Any] = {
        "account": account,
        "tier": Tier.objects.get(model=model, code="strategic"),
        "reason": "Reason",
        "approver": people.director,
        "until": LATER,
        "from_date": TODAY,
        "as_of": TODAY,
    }
    override = set_override(**values)

    end_override(override=override, as_of=date(2026, 7, 1))

    override.refresh_from_db()
    assert (override.valid.lower, override.valid.upper) == (TODAY, date(2026, 7, 1))
    with pytest.raises(RefusedError):
        end_override(override=override, as_of=date(2026, 7, 2))
    second = set_override(**{**values, "from_date": date(2026, 7, 1)})
    end_override(override=second, as_of=date(2026, 7, 1))
    assert list(TierOverride.objects.all()) == [override]
