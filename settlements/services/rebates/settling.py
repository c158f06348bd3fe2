"""The end of a rebate's period: what it came to is given to the customer, once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.locks import lock_names
from kam.core.problems import explained
from kam.identity.models import User
from settlements.analytics.instalments import Instalment
from settlements.choices import DocumentKind
from settlements.choices.terms import Payout
from settlements.models import Document, RebateAccrual, RebateSettlement, TradeCondition
from settlements.selectors.rebates.figures import Figure, final_figure
from settlements.services.posting import check_amounts, post_document
from settlements.services.problems import KeyReusedError
from settlements.services.rebates.accruing import LOCK
from settlements.services.rebates.problems import (
    ClaimError,
    NoPeriodError,
    PeriodRunningError,
    SettledError,
)

ZERO = Decimal(0)


@explained()
@transaction.atomic
def settle(
    *,
    condition: TradeCondition,
    period_start: date,
    settled_on: date,
    claimed: Decimal | None = None,
    reference: str = "",
    user: User | None = None,
    idempotency_key: str | None = None,
) -> RebateSettlement:
    """Settle a period that is over: post what it came to and close its accruals.

    By credit note, or against the customer's claim of `claimed` under `reference`, of which no
    more is granted than was earned. Less than nothing is a debit note, nothing at all no
    document. The same key gives the settlement it gave before. Raises PeriodRunningError,
    SettledError, NoPeriodError, ClaimError and what posting raises (a closed period among it).
    """
    lock_names(LOCK)
    if standing := _replayed(idempotency_key, condition, period_start):
        return standing
    condition = _read_again(condition)
    figure = _final(condition, period_start, settled_on)
    amount = _granted(condition, figure, claimed, reference)
    document = _post(condition, figure, amount, settled_on, reference, user, idempotency_key)
    RebateAccrual.objects.create(**_last_accrual(condition, figure, amount, settled_on, user))
    return RebateSettlement.objects.create(
        condition=condition,
        period=figure.period,
        basis_amount=figure.basis_amount,
        earned=figure.earned_to_date,
        amount=amount,
        currency_id=figure.currency,
        payout=condition.payout,
        claimed=claimed if condition.payout == Payout.CLAIM else None,
        reference=reference,
        document=document,
        settled_on=settled_on,
        idempotency_key=idempotency_key,
        created_by=user,
    )


def _replayed(
    key: str | None, condition: TradeCondition, period_start: date
) -> RebateSettlement | None:
    standing: RebateSettlement | None = None
    if key:
        standing = RebateSettlement.objects.filter(idempotency_key=key).first()
    if standing is None:
        return None
    if (standing.condition_id, standing.period.lower) != (condition.pk, period_start):
        raise KeyReusedError
    return standing


def _read_again(condition: TradeCondition) -> TradeCondition:
    """The rebate as it stands under the lock: its account may have been merged."""
    rows = TradeCondition.objects.select_related(
        "version__agreement__account", "version__agreement__selling_company"
    )
    found: TradeCondition = rows.get(pk=condition.pk)
    return found


def _final(condition: TradeCondition, period_start: date, settled_on: date) -> Figure:
    settled = RebateSettlement.objects.filter(condition=condition, period__contains=period_start)
    if settled.exists():
        raise SettledError
    known = RebateAccrual.objects.filter(condition=condition, period__startswith=period_start)
    last = known.order_by("-pk").first()
    end: date | None = last.period.upper if last else None
    if end is None:
        raise NoPeriodError
    figure = final_figure(condition.pk, period_start, end)
    if figure is None:
        raise NoPeriodError
    if figure.period.upper > settled_on:
        raise PeriodRunningError
    return figure


def _granted(
    condition: TradeCondition, figure: Figure, claimed: Decimal | None, reference: str
) -> Decimal:
    """Return what is given: what was earned, of a claim no more than is claimed."""
    if condition.payout != Payout.CLAIM:
        return figure.earned_to_date
    if claimed is None or not reference.strip():
        raise ClaimError(field="reference" if claimed is not None else "claimed")
    if claimed:
        check_amounts([claimed], figure.currency, field="claimed")
    return min(claimed, max(figure.earned_to_date, ZERO))


def _post(
    condition: TradeCondition,
    figure: Figure,
    amount: Decimal,
    settled_on: date,
    reference: str,
    user: User | None,
    key: str | None,
) -> Document | None:
    if not amount:
        return None
    kind = DocumentKind.CREDIT_NOTE if amount > 0 else DocumentKind.DEBIT_NOTE
    if condition.payout == Payout.CLAIM:
        kind = DocumentKind.CLAIM
    agreement = condition.version.agreement
    due = settled_on if kind == DocumentKind.DEBIT_NOTE else None
    return post_document(
        kind=kind,
        selling_company=agreement.selling_company,
        account=agreement.account,
        currency=figure.currency,
        document_date=settled_on,
        instalments=[Instalment(abs(amount), due)],
        reference=reference or agreement.number,
        note=_note(condition, figure),
        created_by=user,
        idempotency_key=f"rebate:{key}" if key else None,
    )


def _note(condition: TradeCondition, figure: Figure) -> str:
    last = figure.period.upper - date.resolution
    words = _("%(rebate)s, %(start)s to %(end)s") % {
        "rebate": condition.name,
        "start": formats.date(figure.period.lower),
        "end": formats.date(last),
    }
    return words[:300]


def _last_accrual(
    condition: TradeCondition, figure: Figure, amount: Decimal, settled_on: date, user: User | None
) -> dict[str, object]:
    """Return the row after which all that was accrued is what was settled."""
    return {
        "condition": condition,
        "period": figure.period,
        "through": settled_on,
        "basis_amount": figure.basis_amount,
        "earned_to_date": figure.earned_to_date,
        "accrued": amount,
        "catch_up": amount - figure.accrued_before,
        "rate": figure.rate,
        "currency_id": figure.currency,
        "created_by": user,
    }
