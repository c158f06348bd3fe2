"""Everything that a plan shows on a day, as one document: for snapshots and differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.querysets import of_teams
from kam.identity.models import User
from plans.analytics.documents import Document, plain
from plans.choices.plan import SectionKind
from plans.models import Plan, PlanSection
from plans.selectors.plan.order import place_of
from plans.selectors.sections import section_sources

FORMULA = 1
"""The format of the document; it rises when the same plan would be written down otherwise."""

SAID = frozenset({SectionKind.AMBITION, SectionKind.SWOT, SectionKind.OBJECTIVES})
"""Sections whose content is what people said; in all others it may be figures of the account."""


def content_of(
    plan: Plan,
    *,
    as_of: date,
    report: Callable[[int, int, str], None] | None = None,
) -> Document:
    """Return a plan's header, its sections' texts, and what each topic shows in them on a day.

    Whole, as a snapshot keeps it; `shown_to` leaves out what a reader may not see.
    """
    rows = plan.sections.select_related("owner")
    sections = sorted(rows, key=lambda one: place_of(one.kind))
    found = []
    for done, section in enumerate(sections):
        if report is not None:
            report(done, len(sections), _("Reading %s") % section.get_kind_display())
        found.append(_section(plan, section, as_of))
    document: Document = plain(
        {"formula": FORMULA, "as_of": as_of, "header": _header(plan), "sections": found}
    )
    return document


def _section(plan: Plan, section: PlanSection, as_of: date) -> Mapping[str, Any]:
    source = section_sources.get(section.kind)
    # A document is in one language, whoever freezes it, so that two of them can be compared.
    with translation.override(settings.LANGUAGE_CODE):
        content = plain(source.content(plan, None, as_of)) if source and source.content else {}
    return {
        "id": section.kind,
        "text": section.text,
        "owner": _person(section.owner),
        "checked_on": section.checked_on,
        "is_required": section.is_required,
        "is_shareable": section.is_shareable,
        "content": content,
    }


def _header(plan: Plan) -> Mapping[str, Any]:
    return {
        "plan": plan.pk,
        "title": plan.title,
        "account": {"id": plan.account_id, "name": plan.account.name},
        "parent": {"id": plan.parent_id, "name": str(plan.parent)} if plan.parent else None,
        "template": {"id": plan.template_id, "name": plan.template.name},
        "first_day": plan.period.lower,
        "last_day": plan.period.upper - timedelta(days=1),
        "currency": plan.currency_id,
        "owner": _person(plan.owner),
        "sponsor": _person(plan.sponsor),
        "review_on": plan.review_on,
        "confidentiality": plan.confidentiality,
        "state": plan.state,
        "revision": plan.revision,
    }


def _person(user: User | None) -> Mapping[str, Any] | None:
    return {"id": user.pk, "name": str(user)} if user else None


def shown_to(document: Document, *, plan: Plan, user: User) -> Document:
    """Return a document without what a reader of the plan may not see.

    Figures of an account are for who sees the account: who only supports it or is named in the
    plan reads what people said. The negotiation brief is for the account's team, as everywhere,
    and the plan above is named to who may read it alone.
    """
    sees = Account.objects.visible_to(user).filter(pk=plan.account_id).exists()
    hidden = set() if sees else set(SectionKind.values) - SAID
    if not _negotiates(user, plan):
        hidden.add(SectionKind.NEGOTIATION)
    sections = [
        {**one, "content": {}, "is_hidden": True} if one["id"] in hidden else one
        for one in document["sections"]
    ]
    return {**document, "header": _header_for(document["header"], user), "sections": sections}


def _header_for(header: Mapping[str, Any], user: User) -> Mapping[str, Any]:
    above = header.get("parent")
    if not above or Plan.objects.visible_to(user).filter(pk=above["id"]).exists():
        return header
    return {**header, "parent": None}


def _negotiates(user: User, plan: Plan) -> bool:
    """Whether the user may look at negotiations, and belongs to the account's team."""
    rows = Account.objects.filter(of_teams(user), pk=plan.account_id)
    return user.can("negotiations.view") and rows.exists()
