"""What people are told about receivables: the kinds and their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from kam.core import formats
from kam.notifications.registry import NotificationKind, Told, kinds
from settlements.choices.terms import Renewal
from settlements.models import SettlementStatement, TradingAgreement


def _amounts(params: Mapping[str, Any]) -> str:
    sums = [formats.money(Decimal(total), currency) for currency, total in params["sums"]]
    return ", ".join(sums)


def _overdue(params: Mapping[str, Any]) -> Told:
    count = params["items"]
    if "payer" in params:
        title = ngettext(
            "%(payer)s: %(n)s item became overdue",
            "%(payer)s: %(n)s items became overdue",
            count,
        ) % {"payer": params["payer"], "n": formats.number(count)}
    else:
        payers = params["payers"]
        words = ngettext(
            "New overdue items at %(n)s payer", "New overdue items at %(n)s payers", payers
        )
        title = words % {"n": formats.number(payers)}
    return Told(title, _("Now overdue in all: %(amounts)s") % {"amounts": _amounts(params)})


def _agreement(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        "agreement": params["agreement"],
        "version": str(params["version"]),
        "account": params["account"],
    }


def _agreement_waits(params: Mapping[str, Any]) -> Told:
    title = _("%(account)s: version %(version)s of %(agreement)s waits for your approval")
    return Told(title % _agreement(params))


def _agreement_decided(params: Mapping[str, Any]) -> Told:
    titles = {
        "approved": _("%(account)s: version %(version)s of %(agreement)s was approved"),
        "returned": _("%(account)s: version %(version)s of %(agreement)s was sent back"),
        "terminated": _("%(account)s: version %(version)s of %(agreement)s was terminated"),
    }
    day = formats.date(date.fromisoformat(params["day"]))
    details = {
        "approved": _("It holds from %(day)s.") % {"day": day},
        "returned": "",
        "terminated": _("It ends on %(day)s.") % {"day": day},
    }
    what = params["what"]
    detail = " ".join(filter(None, [details[what], params["note"]]))
    return Told(titles[what] % _agreement(params), detail)


def _agreement_ending(params: Mapping[str, Any]) -> Told:
    words = {**_agreement(params), "day": formats.date(date.fromisoformat(params["day"]))}
    if params["what"] == "end":
        return Told(_("%(account)s: %(agreement)s ends on %(day)s") % words)
    title = _("%(account)s: notice on %(agreement)s can be given until %(day)s")
    if params["renewal"] == Renewal.SILENT:
        return Told(title % words, _("Without notice it goes on by itself."))
    return Told(title % words)


def _agreements(user: Any) -> Any:
    return TradingAgreement.objects.visible_to(user).values("pk")


def _near_a_tier(params: Mapping[str, Any]) -> Told:
    words = {
        "account": params["account"],
        "rebate": params["rebate"],
        "more": params["more"],
        "gain": formats.money(Decimal(params["gain"]), params["currency"]),
    }
    return Told(
        _("%(account)s is close to the next tier of %(rebate)s") % words,
        _("%(more)s more pays them %(gain)s more. The period ends on %(day)s.")
        % {**words, "day": formats.date(date.fromisoformat(params["last_day"]))},
    )


def _statement(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        "account": params["account"],
        "statement": params["statement"],
        "day": formats.date(date.fromisoformat(params["day"])),
        "amount": formats.money(Decimal(params["remains"]), params["currency"]),
    }


def _statement_moved(params: Mapping[str, Any]) -> Told:
    titles = {
        "disputed": _("%(account)s contests settlement statement %(statement)s"),
        "confirmed": _("%(account)s confirmed settlement statement %(statement)s"),
        "taken_back": _("%(account)s: settlement statement %(statement)s was taken back"),
    }
    words = _statement(params)
    return Told(titles[params["what"]] % words, f"{words['day']} · {words['amount']}")


def _statement_to_post(params: Mapping[str, Any]) -> Told:
    words = _statement(params)
    return Told(
        _("%(account)s: settlement statement %(statement)s waits for posting") % words,
        _("Confirmed on %(day)s; %(amount)s remains to be paid.") % words,
    )


def _statement_corrected(params: Mapping[str, Any]) -> Told:
    words = _statement(params)
    return Told(
        _("%(account)s: settlement statement %(statement)s corrects the one that you drafted")
        % words,
        _("Now %(amount)s remains to be paid.") % words,
    )


def _statements(user: Any) -> Any:
    return SettlementStatement.objects.visible_to(user).values("pk")


KINDS = (
    NotificationKind(
        key="settlements.overdue",
        title=gettext_lazy("New overdue items"),
        explains=gettext_lazy(
            "When items of payers that you collect from became overdue overnight."
        ),
        told=_overdue,
        visible=lambda user: Account.objects.visible_to(user).values("pk"),
        capability="receivables.view",
        icon="clock-exclamation",
        order=30,
    ),
    NotificationKind(
        key="settlements.agreement_waits",
        title=gettext_lazy("Agreements that wait for approval"),
        explains=gettext_lazy("When somebody submits an agreement that you may approve."),
        told=_agreement_waits,
        visible=_agreements,
        capability="terms.approve",
        icon="file-text",
        order=31,
    ),
    NotificationKind(
        key="settlements.agreement_decided",
        title=gettext_lazy("Decisions on agreements"),
        explains=gettext_lazy(
            "When an agreement of yours is approved, sent back or terminated by somebody else."
        ),
        told=_agreement_decided,
        visible=_agreements,
        capability="terms.view",
        icon="file-text",
        order=32,
    ),
    NotificationKind(
        key="settlements.agreement_ending",
        title=gettext_lazy("Agreements that end soon"),
        explains=gettext_lazy(
            "90, 30 and 7 days before an agreement ends or notice on it can no longer be given."
        ),
        told=_agreement_ending,
        visible=_agreements,
        capability="terms.view",
        icon="calendar-event",
        order=33,
    ),
    NotificationKind(
        key="settlements.rebate_near",
        title=gettext_lazy("Rebates near their next tier"),
        explains=gettext_lazy(
            "When an account you lead lacks little of a rebate's next tier in its last month."
        ),
        told=_near_a_tier,
        visible=lambda user: Account.objects.visible_to(user).values("pk"),
        capability="rebates.view",
        icon="trending-up",
        order=34,
    ),
    NotificationKind(
        key="settlements.statement_moved",
        title=gettext_lazy("Settlement statements of your accounts"),
        explains=gettext_lazy(
            "When a settlement statement of an account you lead is contested, confirmed or taken"
            " back."
        ),
        told=_statement_moved,
        visible=_statements,
        capability="statements.view",
        icon="file-invoice",
        order=35,
    ),
    NotificationKind(
        key="settlements.statement_to_post",
        title=gettext_lazy("Settlement statements to be posted"),
        explains=gettext_lazy("When a customer confirmed a settlement statement you may post."),
        told=_statement_to_post,
        visible=_statements,
        capability="statements.post",
        icon="book-upload",
        order=36,
    ),
    NotificationKind(
        key="settlements.statement_corrected",
        title=gettext_lazy("Corrected settlement statements"),
        explains=gettext_lazy("When a settlement statement that you drafted gets another version."),
        told=_statement_corrected,
        visible=_statements,
        capability="statements.view",
        icon="pencil",
        order=37,
    ),
)


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
