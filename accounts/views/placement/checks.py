"""Store checks on the phone: choose a store, then one tap per product."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import AccountKind, CheckOutcome, GapReason
from accounts.forms.placement import CorrectionForm, ObservationForm
from accounts.models import Account, StoreCheck, StoreCheckLine
from accounts.selectors.placement import listing
from accounts.services.placement import checks as services
from accounts.views.placement import common
from accounts.views.placement.filters import StoreCheckFilter
from accounts.views.placement.photos import as_attachment
from kam.core import htmx
from kam.core.badges import Badge
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: checklist camera check x package-off circle-check alert-triangle
PAGE = "accounts/store_check.html"
TAPS = (
    (CheckOutcome.FOUND, "check"),
    (CheckOutcome.NOT_FOUND, "x"),
    (CheckOutcome.OUT_OF_STOCK, "package-off"),
)
COLUMNS = [
    Column(
        name="store",
        title=gettext_lazy("Store"),
        value="account.name",
        sort="account__name_key",
    ),
    Column(
        name="checked_on",
        title=gettext_lazy("Checked on"),
        kind="date",
        sort="checked_on",
    ),
    Column(
        name="checker",
        title=gettext_lazy("Checked by"),
        value="checker.full_name",
        sort="checker__full_name",
    ),
    Column(
        name="state",
        title=gettext_lazy("State"),
        kind="badge",
        value=lambda row: Badge(
            row.get_state_display(), "success" if row.is_finished else "warning"
        ),
        sort="state",
    ),
    Column(name="planned", title=gettext_lazy("Agreed"), kind="number", places=0, sort="planned"),
    Column(name="looked", title=gettext_lazy("Looked at"), kind="number", places=0, sort="looked"),
    Column(name="found", title=gettext_lazy("Found"), kind="number", places=0, sort="found"),
    Column(
        name="note",
        title=gettext_lazy("Note"),
        value=lambda row: row.note or None,
        unknown=gettext_lazy("None"),
        default=False,
    ),
]


@requires("placement.view")
@require_GET
def check_list(request: HttpRequest) -> HttpResponseBase:
    """Choose a store, go on with what was begun, and look at what was checked."""
    user = signed_in(request)
    table = Table(
        request,
        listing.checks_for(user),
        COLUMNS,
        name="store-checks",
        caption=_("Store checks"),
        default_sort="-checked_on",
        row_url=lambda row: row.get_absolute_url(),
        filters=StoreCheckFilter,
        empty=Empty(
            _("No store was checked yet"),
            _("What somebody saw in a store, against what was agreed, stands here."),
            icon="checklist",
        ),
    )
    typed = request.GET.get("store", "")[:200]
    may_check = user.can("placement.check")
    near = listing.stores_near(user) if may_check else []
    context = {
        "crumbs": common.crumbs((_("Store checks"), "")),
        "tabs": common.tabs(request, "store-checks"),
        "may_check": may_check,
        "typed": typed,
        "near": near,
        "found": listing.stores_found(user, typed) if may_check and (typed or not near) else [],
    }
    if htmx.target(request) == "stores-found":
        return htmx.render_part(request, "accounts/store_checks.html", context, "found")
    return table.response("accounts/store_checks.html", context)


@requires("placement.check")
@require_POST
def check_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a check of a store, or go on with the one that is not finished."""
    user = signed_in(request)
    rows = Account.objects.editable_by(user).not_merged().filter(kind=AccountKind.STORE)
    store: Account = get_object_or_404(rows, pk=pk)
    check = services.begin_check(store=store, checker=user, checked_on=timezone.localdate())
    return htmx.redirect(request, check.get_absolute_url())


@requires("placement.view")
@require_GET
def check_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One check: to fill while it is a draft, to read afterwards."""
    return render(request, PAGE, _context(request, common.get_check(request, pk)))


def _context(request: HttpRequest, check: StoreCheck) -> dict[str, Any]:
    user = signed_in(request)
    lines = listing.lines_of_check(check)
    may_check = common.may_check(user, check.account)
    tasks = listing.open_tasks_of(check)
    return {
        "check": check,
        "lines": [{**_line(line), "task": tasks.get(line.placement_id)} for line in lines],
        "is_open": not check.is_finished and may_check,
        "may_correct": check.is_finished and may_check,
        "may_follow_up": check.is_finished and may_check,
        "taps": TAPS,
        "reasons": GapReason.choices,
        **_progress(lines),
        "crumbs": common.crumbs(
            (_("Store checks"), reverse("accounts:store-checks")), (check.account.name, "")
        ),
    }


def _progress(lines: list[StoreCheckLine]) -> dict[str, Any]:
    """How many of the agreed placements were looked at, and how many of those were there."""
    looked = [line for line in lines if line.outcome]
    return {
        "planned": len(lines),
        "looked": len(looked),
        "there": sum(line.outcome == CheckOutcome.FOUND for line in looked),
    }


def _line(line: StoreCheckLine) -> dict[str, Any]:
    return {
        "line": line,
        "what": common.what(line.placement),
        "badge": common.outcome_badge(line).__html__(),
        "is_counted": line.placement.quantity is not None,
        "is_short": line.quantity is not None and line.quantity < (line.placement.quantity or 0),
        "corrections": list(line.corrections.all()),
    }


@requires("placement.check")
@require_POST
def line_record(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """Keep what was tapped for one placement."""
    line = _own_line(request, pk, line_pk)
    values = request.POST.copy()
    values["outcome"] = values.get("outcome", values.get("current", ""))
    form = ObservationForm(values, request.FILES)
    problem = ""
    if form.is_valid():
        try:
            services.record(line=line, seen=services.Seen(**form.cleaned_data))
        except RefusedError as refused:
            problem = str(refused)
    else:
        problem = " ".join(str(text) for texts in form.errors.values() for text in texts)
    check = line.check_of
    if not htmx.is_htmx(request):
        if problem:
            messages.error(request, problem)
        return redirect(f"{check.get_absolute_url()}#line-{line.pk}")
    context = _context(request, check)
    context["item"] = next(one for one in context["lines"] if one["line"].pk == line.pk)
    context["item"]["problem"] = problem
    status = 422 if problem else 200
    response = htmx.render_part(request, PAGE, context, "saved", status=200)
    return htmx.toast(response, problem, "danger") if status == 422 else response


def _own_line(request: HttpRequest, pk: int, line_pk: int) -> StoreCheckLine:
    """A line of a check that the user may fill or correct. Raises Http404."""
    line = common.get_line(request, pk, line_pk)
    if not common.may_check(signed_in(request), line.check_of.account):
        raise Http404
    return line


@requires("placement.check")
@require_http_methods(["GET", "POST"])
def line_correct(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """Put a line of a finished check right, with a reason."""
    line = _own_line(request, pk, line_pk)
    names = ("outcome", "quantity", "reason", "note")
    start = {name: getattr(line, name) for name in names}
    form = CorrectionForm(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        why = values.pop("why")
        try:
            services.correct(
                line=line, seen=services.Seen(**values), why=why, author=signed_in(request)
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The line was put right. What it said stays on record."))
            return redirect(f"{line.check_of.get_absolute_url()}#line-{line.pk}")
    return form_page(
        request,
        form,
        title=_("Put right: %s") % line.placement.item,
        cancel_url=line.check_of.get_absolute_url(),
        crumbs=common.crumbs(
            (line.check_of.account.name, line.check_of.get_absolute_url()), (_("Put right"), "")
        ),
    )


@requires("placement.view")
@require_GET
def line_photo(request: HttpRequest, pk: int, line_pk: int) -> FileResponse:
    """A photo as a download: never a page of ours, whatever the file may hold."""
    return as_attachment(common.get_line(request, pk, line_pk))


@requires("placement.check")
@require_POST
def check_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a check; what nobody looked at stays unknown."""
    check = _fillable(request, pk)
    try:
        services.finish_check(
            check=check, now=timezone.now(), note=request.POST.get("note", "")[:500]
        )
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The check is finished. Gaps can be followed up below."))
    return htmx.redirect(request, check.get_absolute_url())


def _fillable(request: HttpRequest, pk: int) -> StoreCheck:
    check = common.get_check(request, pk)
    if not common.may_check(signed_in(request), check.account):
        raise Http404
    return check


@requires("placement.check")
@require_http_methods(["GET", "POST"])
def check_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away, after asking."""
    check = _fillable(request, pk)
    if check.is_finished:
        raise Http404
    back = reverse("accounts:store-checks")
    if request.method == "POST":
        services.discard_check(check=check)
        messages.success(request, _("The check was thrown away."))
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("Throw away the check of %s?") % check.account.name,
        verb=_("Throw away"),
        back_url=check.get_absolute_url(),
        goes=[_("What was noted, with its photos")],
        stays=[_("The placements, and every finished check")],
    )
