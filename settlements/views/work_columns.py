"""Columns of the worklist and the signs of a piece of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Func, IntegerField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.badges import Badge
from kam.core.tables import Column
from settlements.choices import WorkState
from settlements.models import WorkItem
from settlements.selectors.work import worth


def account_url(account_id: int) -> str:
    """The account's page, opened at its receivables."""
    return f"{reverse('accounts:account-detail', args=[account_id])}#panel-receivables"


def work_url(work: WorkItem) -> str:
    """The page on which one acts."""
    return reverse("settlements:work-detail", args=[work.pk])


def state_badge(work: WorkItem) -> Badge:
    """The state, for what is put off until when, for what is done how it ended."""
    if work.state == WorkState.SNOOZED and work.snoozed_until:
        return Badge(_("Until %s") % formats.date(work.snoozed_until), "info", "clock-pause")
    if work.state == WorkState.DONE:
        return Badge(work.get_outcome_display(), "muted", "check")
    return Badge(work.get_state_display(), "warning", "flag")


def _group(work: WorkItem) -> str | None:
    group = work.party.current_group
    return None if group is None or group.pk == work.party_id else group.name


@dataclass(frozen=True)
class Payer:
    """The payer with its group under it; a file gets the name alone."""

    work: WorkItem

    def __str__(self) -> str:
        return self.work.party.name

    def __html__(self) -> SafeString:
        return two_lines(str(self), _group(self.work) or "")


@dataclass(frozen=True)
class Step:
    """The next step with its day under it; a file gets the words alone."""

    work: WorkItem

    def __str__(self) -> str:
        return self.work.next_step

    def __html__(self) -> SafeString:
        on = self.work.next_step_on
        return two_lines(str(self), formats.date(on) if on else "")


def two_lines(first: str, second: str) -> SafeString:
    """A name with something smaller under it."""
    line = format_html('<span class="cell-name" title="{0}">{0}</span>', first)
    return format_html('{}<span class="cell-sub">{}</span>', line, second) if second else line


def work_columns(as_of: date, *, all_mine: bool) -> list[Column]:
    """The columns; days late are those on `as_of`. `all_mine`: who acts goes without saying."""
    return [*_owing(as_of), *_ageing(as_of), *_acting(all_mine=all_mine)]


def _owing(as_of: date) -> list[Column]:
    """Who owes how much."""
    return [
        Column(
            name="payer",
            title=gettext_lazy("Payer"),
            value=Payer,
            sort="party__name_key",
            link=lambda work: account_url(work.party_id),
        ),
        Column(
            name="group",
            title=gettext_lazy("Group"),
            value=_group,
            default=False,
            unknown=gettext_lazy("Top of its tree"),
        ),
        Column(
            name="amount",
            title=gettext_lazy("Overdue"),
            kind="money",
            sort=worth(as_of),
            currency=lambda work: work.currency_id,
            link=work_url,
            help=gettext_lazy("As of the last overdue run. Sorted by worth in the base currency."),
        ),
        Column(
            name="items",
            title=gettext_lazy("Items"),
            kind="number",
            value="overdue_items",
            default=False,
        ),
    ]


def _ageing(as_of: date) -> list[Column]:
    """For how long."""
    days = Func(
        F("oldest_due_on"),
        template=f"(DATE '{as_of.isoformat()}' - %(expressions)s)",
        output_field=IntegerField(),
    )
    return [
        Column(
            name="oldest",
            title=gettext_lazy("Oldest due"),
            kind="date",
            value="oldest_due_on",
            sort="oldest_due_on",
        ),
        Column(
            name="days",
            title=gettext_lazy("Days late"),
            kind="number",
            value=lambda work: (as_of - work.oldest_due_on).days,
            sort=days,
            nullable=False,
        ),
        Column(name="state", title=gettext_lazy("State"), kind="badge", value=state_badge),
        Column(
            name="since",
            title=gettext_lazy("On the list since"),
            kind="date",
            value="opened_on",
            sort="opened_on",
            default=False,
        ),
    ]


def _acting(*, all_mine: bool) -> list[Column]:
    """Who acts, and what was and will be done."""
    return [
        Column(name="role", title=gettext_lazy("For"), value="get_role_display", default=False),
        Column(
            name="who",
            title=gettext_lazy("Who"),
            value=lambda work: str(work.user) if work.user else _("Default queue"),
            default=not all_mine,
        ),
        Column(
            name="contact",
            title=gettext_lazy("Last contact"),
            kind="date",
            value="last_contact_on",
            sort="last_contact_on",
            unknown=gettext_lazy("No contact is noted"),
        ),
        Column(
            name="step",
            title=gettext_lazy("Next step"),
            value=lambda work: Step(work) if work.next_step else None,
            link=work_url,
            unknown=gettext_lazy("Nothing is planned"),
        ),
        Column(
            name="step_on",
            title=gettext_lazy("Step on"),
            kind="date",
            value="next_step_on",
            sort="next_step_on",
            default=False,
            unknown=gettext_lazy("No day is set"),
        ),
    ]
