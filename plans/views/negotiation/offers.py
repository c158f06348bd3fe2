"""Offers: the list, those that wait, recording one with its live check, deciding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from kam.core import formats
from kam.core.badges import State
from kam.core.problems import Blocker, Caution, RefusedError, add_to_form
from kam.core.selectors.history import history_of_rows
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.choices.negotiation import OfferState
from plans.forms.negotiation import DecisionForm, OfAccountForm, OfferForm
from plans.models import NegotiationBrief, Offer
from plans.selectors.negotiation import reads
from plans.selectors.negotiation.check import Checked
from plans.selectors.negotiation.words import ApprovalNeeded, problems_of
from plans.services.negotiation import offers as services
from plans.services.negotiation.problems import BeyondMandateError
from plans.views.negotiation import common, words
from plans.views.negotiation.filters import OfferFilter

# icons: tag alert-triangle info-circle hourglass ban
FORM, PAGE = "plans/offer_form.html", "plans/offer_detail.html"
type Said = tuple[State, str, str]
"""A problem as the page shows it: its colour, its sign, its words."""


@requires(common.VIEW)
@require_GET
def offer_list(request: HttpRequest) -> HttpResponseBase:
    """Offers of one's own accounts and teams, the latest first."""
    user = signed_in(request)
    may, create = user.can(common.EDIT), reverse("plans:offer-create")
    empty = Empty(
        _("No offer yet"),
        _("Each offer is held against floor price, margin and mandate before it is recorded."),
        _("New offer") if may else "",
        create if may else "",
        icon="tag",
    )
    return _list(request, reads.offers_for(user), "offer-list", _("Offers"), "-offered", empty)


@requires(common.APPROVE)
@require_GET
def offer_waiting(request: HttpRequest) -> HttpResponseBase:
    """Offers of others that wait for the user's yes or no."""
    rows = reads.waiting_offers(signed_in(request))
    empty = Empty(
        _("No offer waits for you"),
        _("Offers below the floor, the margin or a mandate come here."),
        icon="tag",
    )
    return _list(request, rows, "offer-waiting", _("Offers that wait for you"), "offered", empty)


def _list(
    request: HttpRequest, rows: Any, name: str, caption: str, sort: str, empty: Empty
) -> HttpResponseBase:
    table = Table(
        request,
        rows,
        _columns(),
        name=name,
        caption=caption,
        default_sort=sort,
        row_url=Offer.get_absolute_url,
        filters=OfferFilter,
        empty=empty,
    )
    context = {
        "crumbs": common.crumbs((caption, "")),
        "tabs": common.tabs(request, name),
        "caption": caption,
        "may_write": signed_in(request).can(common.EDIT),
    }
    return table.response("plans/offer_list.html", context)


def _columns() -> list[Column]:
    def money(name: str, title: str, **more: Any) -> Column:
        return Column(name=name, title=title, kind="money", value=name, sort=name,
                      currency=lambda row: row.currency_id, **more)  # fmt: skip

    return [
        Column(
            name="offered", title=_("Day"), kind="date", value="offered_on", sort="offered_on"
        ),
        Column(name="product", title=_("Product"), value="product.name", sort="product__name",
               css="is-wrapped"),
        Column(
            name="account", title=_("Account"), value="account.name", sort="account__name_key",
            link=lambda row: row.account.get_absolute_url(),
        ),
        money("price", _("Price")),
        money("net_net", _("Net-net price"), nullable=True, unknown=_("Not known")),
        Column(name="unit", title=_("Unit"), value=_unit),
        Column(name="state", title=_("State"), kind="badge", value=words.offer_badge, sort="state"),
        Column(
            name="quantity", title=_("Quantity a year"), kind="number", value="yearly_quantity",
            nullable=True, default=False, unknown=_("Not said"),
        ),
        Column(
            name="until", title=_("Open until"), kind="date", value="valid_until",
            sort="valid_until", nullable=True, default=False, unknown=_("No day is set"),
        ),
        Column(
            name="reason", title=_("Why below"), value=lambda row: row.reason or None,
            default=False, unknown=_("None needed"),
        ),
        Column(
            name="by", title=_("By"), value="offered_by.full_name", sort="offered_by__full_name"
        ),
    ]  # fmt: skip


def _unit(row: Offer) -> str:
    return row.unit or row.product.unit or _("piece")


# Recording


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def offer_create(request: HttpRequest) -> HttpResponse:
    """A new offer with its check: “Check” shows it, “Record” keeps the offer."""
    user, title = signed_in(request), _("New offer")
    account, back = common.asked_account(request), reverse("plans:offer-list")
    if account is None:
        choose = OfAccountForm(request.POST or None, user=user)
        url = reverse("plans:offer-create")
        return common.choose_account(request, choose, title=title, url=url, back=back)
    brief = common.asked_brief(request, account)
    form = _form(request, account, brief)
    if request.method == "POST" and "check" not in request.POST and form.is_valid():
        try:
            made = services.record_offer(
                account=account, draft=form.draft(), by=user, now=timezone.now()
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _said_of(made))
            return redirect(made.get_absolute_url())
    context = {
        "title": title,
        "account": account,
        "form": form,
        "back": brief.get_absolute_url() if brief else back,
        "check_url": f"{reverse('plans:offer-check')}?account={account.pk}",
        "crumbs": common.crumbs((_("Offers"), back), (title, "")),
        **_check(form, account, user),
    }
    status = 422 if form.errors and "check" not in request.POST else 200
    return render(request, FORM, context, status=status)


def _said_of(offer: Offer) -> str:
    if offer.state == OfferState.WAITING:
        return _("The offer waits for somebody else’s approval.")
    return _("The offer is recorded.")


def _form(request: HttpRequest, account: Account, brief: NegotiationBrief | None) -> OfferForm:
    rows = NegotiationBrief.objects.editable_by(signed_in(request)).filter(
        state__in=reads.OPEN, account__in=account.path
    )
    start = {
        "currency": brief.currency_id if brief else account.currency_id or base_currency(),
        "offered_on": timezone.localdate(),
        "brief": brief,
    }
    return OfferForm(request.POST or None, briefs=rows, initial=start)


@requires(common.EDIT)
@require_POST
def offer_check(request: HttpRequest) -> HttpResponse:
    """The check alone, as it follows the form while it is filled in."""
    account = common.asked_account(request)
    if account is None:
        raise Http404
    form = _form(request, account, None)
    return render(request, f"{FORM}#check", _check(form, account, signed_in(request)))


def _check(form: OfferForm, account: Account, user: User) -> dict[str, Any]:
    """What the check says as far as the form can be read."""
    if not form.is_bound:
        return {"checked": None, "said": []}
    form.is_valid()
    names = ("product", "price", "currency", "offered_on")
    if any(name in form.errors or form.cleaned_data.get(name) is None for name in names):
        return {"checked": None, "said": []}
    draft = services.Draft(
        **{name: form.cleaned_data[name] for name in names},
        unit=form.cleaned_data.get("unit", ""),
    )
    try:
        today = timezone.localdate()
        found = services.check_draft(account=account, draft=draft, by=user, today=today)
    except RefusedError as problem:
        return {"checked": None, "said": [("danger", "ban", str(problem))]}
    shown = found.for_reader(user, sees_account=reads.sees_account(user, account))
    return {"checked": shown, **shown_check(shown, draft.currency.pk)}


def shown_check(checked: Checked, currency: str) -> dict[str, Any]:
    """A check as the page shows it: problems, the bridge of prices, what it is held against."""
    return {
        "unit": currency,
        "said": [_said(one) for one in problems_of(checked, currency)],
        "bridge": _bridge(checked, currency),
        "limits": _limits(checked, currency),
    }


def _said(problem: Blocker | ApprovalNeeded | Caution) -> Said:
    if isinstance(problem, Blocker):
        return "danger", "ban", str(problem.message)
    if isinstance(problem, ApprovalNeeded):
        return "warning", "hourglass", str(problem.message)
    return "info", "info-circle", str(problem.message)


def _bridge(checked: Checked, unit: str) -> list[tuple[str, str, str, bool]]:
    """From the list price to the pocket margin: name, amount, share, whether it is a sum."""
    off = [(name, _less(amount, unit), "", False) for name, amount in checked.steps]
    on_invoice = None if checked.list_price is None else checked.list_price - checked.price
    return [
        (_("List price"), _amount(checked.list_price, unit), "", True),
        (_("Off on the invoice"), _less(on_invoice, unit), _of_hundred(checked.discount), False),
        (_("Price on the invoice"), _amount(checked.price, unit), "", True),
        (_("Gross margin before terms"), _amount(checked.before, unit),
         _share(checked.before_share), False),
        *off,
        (_("Net-net price"), _amount(checked.net_net, unit), "", True),
        (_("Cost of goods"), _less(checked.cost, unit), "", False),
        (_("Gross margin after terms"), _amount(checked.after, unit),
         _share(checked.after_share), True),
        (_("Cost to serve"), _less(checked.serve, unit), "", False),
        (_("Pocket margin"), _amount(checked.pocket, unit), _share(checked.pocket_share), True),
    ]  # fmt: skip


def _limits(checked: Checked, unit: str) -> list[tuple[str, str]]:
    """What an offer is held against."""
    others = _money(checked.others, unit)
    if checked.others is not None:
        count = formats.number(checked.others_count)
        others = _("%(amount)s, the lowest of %(count)s") % {"amount": others, "count": count}
    rows = [
        (_("Floor price"), _money(checked.floor, unit)),
        (_("Margin target of the tier"), _share(checked.margin_target) or "–"),
        (_("Net-net price of others in the channel"), others),
    ]
    if checked.has_mandates:
        mandate = _of_hundred(checked.mandate) or _("None")
        rows.append((_("Mandate for prices, below the list"), mandate))
    return rows


def _money(amount: Decimal | None, unit: str) -> str:
    return "–" if amount is None else formats.money(amount, unit)


def _amount(amount: Decimal | None, unit: str) -> str:
    """An amount below a heading that names its currency."""
    return "–" if amount is None else formats.number(amount, formats.places_of(unit))


def _less(amount: Decimal | None, unit: str) -> str:
    return "–" if amount is None else _amount(-amount, unit)


def _share(share: Decimal | None) -> str:
    return "" if share is None else formats.percent(share)


def _of_hundred(percent: Decimal | None) -> str:
    return "" if percent is None else formats.percent(percent / 100)


# One offer


@requires(common.VIEW)
@require_GET
def offer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An offer with the check that it was recorded with."""
    offer, user = common.get_offer(request, pk), signed_in(request)
    return render(request, PAGE, _context(request, offer, user))


def _context(
    request: HttpRequest, offer: Offer, user: User, form: DecisionForm | None = None
) -> dict[str, Any]:
    decides = offer.state == OfferState.WAITING and reads.may_decide(user, offer)
    standing = offer.state in reads.STANDING
    checked = reads.checked_for(offer, user)
    return {
        "offer": offer,
        "state": words.offer_badge(offer).__html__(),
        "unit_name": _unit(offer),
        "checked": checked,
        **shown_check(checked, offer.currency_id),
        "may_decide": decides,
        "decision_form": (form or DecisionForm()) if decides else None,
        "beyond": BeyondMandateError.words if decides and not reads.covers(user, offer) else "",
        "may_withdraw": standing and common.may_write(user, offer),
        "history": history_of_rows(Offer, subject="", hidden=("check_result",), pgh_obj=offer.pk),
        "crumbs": common.crumbs(
            (_("Offers"), reverse("plans:offer-list")), (str(offer.product), "")
        ),
    }


@requires(common.APPROVE)
@require_POST
def offer_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes or no to an offer of somebody else's."""
    offer, user = common.get_offer(request, pk), signed_in(request)
    if not reads.may_decide(user, offer):
        raise Http404
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            services.decide_offer(
                offer=offer,
                is_approved=form.cleaned_data["decision"] == "yes",
                note=form.cleaned_data["note"],
                by=user,
                now=timezone.now(),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Decided."))
            return redirect(offer.get_absolute_url())
    return render(request, PAGE, _context(request, offer, user, form), status=422)


@requires(common.EDIT)
@require_POST
def offer_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an offer back."""
    offer = common.get_offer(request, pk)
    if not common.may_write(signed_in(request), offer):
        raise Http404
    return common.do(
        request,
        lambda: services.withdraw_offer(offer=offer),
        offer.get_absolute_url(),
        _("The offer is withdrawn."),
    )
