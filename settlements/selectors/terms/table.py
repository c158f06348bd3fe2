"""Agreements as the list shows them: each with the version of the day, or else its newest one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)

from kam.identity.models import User
from settlements.models import AgreementVersion, SettlementTerm, TradingAgreement
from settlements.querysets.terms import APPROVED


def agreements_for(user: User, *, as_of: date) -> QuerySet[TradingAgreement]:
    """Return visible agreements; `shown_id` is the version in force on the day, else the newest.

    `shown_state`, `shown_start` and `shown_end` (the first day after) are that version's. Versions
    come with their terms: three queries at any number of rows.
    """
    versions = AgreementVersion.objects.filter(agreement=OuterRef("pk")).annotate(
        later=Case(
            When(state__in=APPROVED, valid__contains=as_of, then=0),
            default=1,
            output_field=IntegerField(),
        )
    )
    newest = versions.order_by("later", "-version")
    terms = Prefetch("terms", SettlementTerm.objects.select_related("category").order_by("pk"))
    rows: QuerySet[TradingAgreement] = TradingAgreement.objects.visible_to(user)
    return (
        rows.select_related("account", "selling_company")
        .annotate(
            shown_id=Subquery(newest.values("pk")[:1]),
            shown_state=Subquery(newest.values("state")[:1]),
            shown_start=Subquery(newest.values("valid__startswith")[:1]),
            shown_end=Subquery(newest.values("valid__endswith")[:1]),
        )
        .prefetch_related(
            Prefetch("versions", AgreementVersion.objects.prefetch_related(terms).defer("note"))
        )
    )


def shown_version(agreement: TradingAgreement) -> AgreementVersion | None:
    """Return the version that the list shows; no query for rows of `agreements_for`."""
    wanted = getattr(agreement, "shown_id", None)
    return next((one for one in agreement.versions.all() if one.pk == wanted), None)


def ending_within(
    rows: QuerySet[TradingAgreement], days: int, *, as_of: date
) -> QuerySet[TradingAgreement]:
    """Return agreements whose version in force ends, or asks for notice, in so many days."""
    end = as_of + timedelta(days=days)
    in_force = AgreementVersion.objects.in_force(as_of).filter(valid__endswith__isnull=False)
    notice = ExpressionWrapper(F("valid__endswith") - F("notice_days"), DateField())
    soon = in_force.annotate(notice_on=notice).filter(
        Q(valid__endswith__lte=end) | Q(notice_on__gte=as_of, notice_on__lte=end)
    )
    return rows.filter(pk__in=soon.values("agreement"))


def settled_by(
    rows: QuerySet[TradingAgreement], methods: Collection[str]
) -> QuerySet[TradingAgreement]:
    """Return rows of `agreements_for` whose shown version settles by one of the methods."""
    terms = SettlementTerm.objects.filter(preset__in=methods)
    annotated: QuerySet[Any] = rows
    return annotated.filter(shown_id__in=terms.values("version"))
