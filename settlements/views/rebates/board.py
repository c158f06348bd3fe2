"""The board of rebates, and the run that makes its figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import formats, htmx
from kam.core.dates import ONE_DAY
from kam.core.jobs import enqueue
from kam.core.models import JobRun
from kam.core.pages import form_page
from kam.core.registry import may
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.forms.rebates import RebateFilter, RunForm
from settlements.models import RebateAccrual
from settlements.selectors.rebates import board as reads
from settlements.views.rebates import words
from settlements.views.work_columns import two_lines

VIEW, ACCRUE = "rebates.view", "rebates.accrue"
LIST = "settlements:rebate-list"
SHOWN = "condition__version__agreement__account"


class Whose:
    """The account with the rebate's name under it; a file gets the account alone."""

    def __init__(self, row: RebateAccrual) -> None:
        self.row = row

    def __str__(self) -> str:
        return str(self.row.condition.version.agreement.account.name)

    def __html__(self) -> Any:
        return two_lines(str(self), self.row.condition.name)


def columns() -> list[Column]:
    """What the board says of a rebate."""
    return [*_what(), *_how_far(), *_pays()]


def _what() -> list[Column]:
    return [
        Column(
            name="account",
            title=gettext_lazy("Account"),
            value=Whose,
            sort=f"{SHOWN}__name_key",
            link=words.rebate_url,
        ),
        Column(
            name="rebate",
            title=gettext_lazy("Rebate"),
            value="condition.name",
            sort="condition__name",
            default=False,
        ),
        Column(
            name="agreement",
            title=gettext_lazy("Agreement"),
            value="condition.version.agreement.number",
            sort="condition__version__agreement__number",
            default=False,
        ),
        Column(
            name="until",
            title=gettext_lazy("Until"),
            kind="date",
            value=lambda row: row.period.upper - ONE_DAY,
            sort="period__endswith",
            nullable=False,
        ),
        Column(
            name="basis",
            title=pgettext_lazy("rebate", "Basis"),
            value=lambda row: words.counted(row.condition, row.basis_amount),
            file=lambda row: row.basis_amount,
            sort="basis_amount",
            css="is-num",
            help=gettext_lazy("What counts so far: net of returns."),
        ),
    ]


def _how_far() -> list[Column]:
    return [
        Column(
            name="progress",
            title=gettext_lazy("Of the next tier"),
            value=words.Progress,
            file=lambda row: words.Progress(row).share,
            help=gettext_lazy("How much of the next bound is reached."),
        ),
        Column(
            name="next",
            title=gettext_lazy("Next tier"),
            value=lambda row: _next(row, words.next_words),
            sort="to_next",
            unknown=gettext_lazy("The top tier is reached, or the period is over"),
            css="rebate-next",
        ),
        Column(
            name="gain",
            title=gettext_lazy("It would pay"),
            kind="money",
            value="gain",
            sort="gain",
            signed=True,
            compact=True,
            currency=lambda row: row.currency_id,
            unknown=gettext_lazy("The top tier is reached, or the period is over"),
            help=gettext_lazy("What reaching the next tier adds to what is earned now."),
        ),
        Column(
            name="back",
            title=gettext_lazy("Falling back"),
            value=lambda row: _next(row, words.back_words),
            default=False,
            unknown=gettext_lazy("It stands in the lowest tier"),
            css="rebate-next",
        ),
    ]


def _next(row: RebateAccrual, say: Callable[..., str]) -> str | None:
    """The words about a tier; nothing once the period is over."""
    return None if row.to_next is None and row.gain is None else _said(row, say)


def _said(row: RebateAccrual, say: Callable[..., str]) -> str | None:
    return say(row.condition, words.outlook_at(row)) or None


def _pays() -> list[Column]:
    def shared(name: str) -> dict[str, Any]:
        return {"name": name, "kind": "money", "currency": lambda row: row.currency_id}

    return [
        Column(
            name="rate",
            title=pgettext_lazy("rebate", "Rate"),
            value=lambda row: words.rate_words(row.condition, row.rate),
            file=lambda row: row.rate,
            sort="rate",
            css="is-num",
            help=gettext_lazy("The rate that is accrued at."),
        ),
        Column(
            title=gettext_lazy("Earned"),
            value="earned_to_date",
            sort="earned_to_date",
            default=False,
            help=gettext_lazy("What would be owed if the period ended now."),
            **shared("earned"),
        ),
        Column(
            title=gettext_lazy("Accrued"),
            value="accrued",
            sort="accrued",
            compact=True,
            help=gettext_lazy(
                "The part of the rebate expected in the end that belongs to the basis."
            ),
            **shared("accrued"),
        ),
        Column(
            title=gettext_lazy("Catch-up"),
            value="catch_up",
            sort="catch_up",
            default=False,
            signed=True,
            help=gettext_lazy("What the last run added."),
            **shared("catch_up"),
        ),
        Column(name="state", title=gettext_lazy("State"), kind="badge", value=words.state_badge),
    ]


@requires(VIEW)
@require_GET
def rebate_list(request: HttpRequest) -> HttpResponseBase:
    """All rebates in scope as of the last run: how far, at what rate, what the next tier pays."""
    user, today = signed_in(request), timezone.localdate()
    table = Table(
        request,
        reads.rebates_for(user, as_of=today),
        columns(),
        name="rebates",
        caption=_("Rebates"),
        default_sort="-gain",
        row_url=words.rebate_url,
        filters=RebateFilter,
        empty=_empty(),
    )
    context = {
        "last_run": reads.last_run(),
        "run": _run(request),
        "may_accrue": may(user, ACCRUE),
        "crumbs": [(_("Rebates"), "")],
    }
    return table.response("settlements/rebates_list.html", context)


def _empty() -> Empty:
    if reads.last_run() is None:
        return Empty(
            _("Rebates were never accrued"),
            _("The run at the beginning of each month reads agreements and sales, and fills this."),
            icon="percentage",
        )
    text = _("Rebates of approved agreements stand here once they are accrued.")
    return Empty(_("No rebates to show"), text, icon="percentage")


# The run


@requires(ACCRUE)
@require_http_methods(["GET", "POST"])
def rebate_run(request: HttpRequest) -> HttpResponse:
    """Ask for a run up to a day; the board shows how far it is."""
    today, last = timezone.localdate(), reads.last_run()
    form = RunForm(request.POST or None, initial={"through": today})
    if request.method == "POST" and form.is_valid():
        through = form.cleaned_data["through"]
        if last is not None and through <= last.through:
            words_of = _("Rebates are accrued up to %(day)s already.")
            form.add_error("through", words_of % {"day": formats.date(last.through)})
        elif through > today:
            form.add_error("through", _("Rebates are accrued up to today at the latest."))
        else:
            with transaction.atomic():
                run = enqueue(
                    reads.JOB,
                    requested_by=signed_in(request),
                    key=f"{reads.JOB}:{through}",
                    through=through.isoformat(),
                )
            return htmx.redirect(request, f"{reverse(LIST)}?job={run.pk}")
    return form_page(
        request,
        form,
        title=_("Accrue rebates"),
        lead=_("One run up to a day: what changed since the last one is its catch-up. It stays."),
        save=_("Accrue"),
        cancel_url=reverse(LIST),
        crumbs=[(_("Rebates"), reverse(LIST)), (_("Accrue"), "")],
    )


@requires(VIEW)
@require_GET
def rebate_run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a run is; once it is done the board is shown anew."""
    run = reads.rebate_job(signed_in(request), pk)
    if run is None:
        raise Http404
    if run.is_finished and htmx.is_htmx(request):
        if not run.error:
            messages.success(request, _("Rebates are accrued."))
        return htmx.redirect(request, f"{reverse(LIST)}?job={run.pk}")
    return htmx.render_part(request, "settlements/rebates_progress.html", {"run": run}, "run")


def _run(request: HttpRequest) -> JobRun | None:
    """The run that the page was sent to follow, unless it ended well."""
    number = request.GET.get("job", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    run = reads.rebate_job(signed_in(request), int(number))
    return None if run is None or (run.is_finished and not run.error) else run
