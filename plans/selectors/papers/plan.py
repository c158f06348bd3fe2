"""A plan, or a snapshot of one, as a paper for whoever may read it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kam.core.models import Organisation
from plans.analytics.documents import Document
from plans.analytics.papers import Block, Paper, Section, Text
from plans.choices.plan import Confidentiality, PlanState, SectionKind
from plans.selectors import reading
from plans.selectors.papers import words
from plans.selectors.papers.sections import blocks_of
from plans.selectors.papers.takeaways import takeaway
from plans.selectors.papers.words import label


def issuer() -> str:
    """Return the name of our company."""
    return str(Organisation.objects.values_list("name", flat=True).get(pk=1))


def internal() -> str:
    """What stands at the foot of a paper that is not for the customer."""
    return _("For internal use")


def plan_paper(document: Document) -> Paper:
    """Return a plan's document (of `shown_to`) as a paper, in the language in force."""
    header = document["header"]
    return Paper(
        issuer=issuer(),
        title=str(header["title"]),
        subject=str(header["account"]["name"]),
        facts=_facts(document),
        sections=[_section(one) for one in document["sections"]],
        foot=f"{internal()} · {label(Confidentiality, header.get('confidentiality'))}",
    )


def _facts(document: Document) -> list[tuple[str, str]]:
    header: dict[str, Any] = document["header"]
    return [
        (_("Period"), words.period(header["first_day"], header["last_day"])),
        (_("State"), label(PlanState, header.get("state"))),
        (_("Owner"), words.person(header.get("owner"))),
        (_("Sponsor"), words.person(header.get("sponsor"))),
        (_("Next review"), words.day(header.get("review_on"))),
        (_("Currency"), str(header.get("currency"))),
        (_("As of"), words.day(document["as_of"])),
    ]


def _section(one: dict[str, Any]) -> Section:
    kind = one["id"]
    title, content = reading.section_title(kind), one.get("content") or {}
    blocks: list[Block] = words.said(str(one.get("text") or ""))
    if one.get("is_hidden"):
        return Section(title, [*blocks, Text(hidden_words(kind))])
    blocks += blocks_of(kind, content)
    if not blocks:
        return Section(title, [Text(_("Nothing was written."))], is_blank=True)
    return Section(title, blocks, takeaway(kind, content))


def hidden_words(kind: str) -> str:
    """Why a section does not show what it holds."""
    if kind == SectionKind.NEGOTIATION:
        return _("Negotiations are for the account’s team.")
    return _("Figures of the account are for those who see the account.")
