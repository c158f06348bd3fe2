"""What the books of consigned goods refuse, in words; the database's refusals say the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Product
from kam.core import formats
from kam.core.problems import RefusedError, problem_of, register_constraint

SHORT = "consigned_stock_not_negative"


class ShortStockError(RefusedError):
    """More leaves a store than lies there, and nobody said that it may."""

    code, field = SHORT, "quantity"
    words = gettext_lazy("There is not as much in the store.")
    product_id: int | None = None


class QuantityError(RefusedError):
    """A quantity that is none, or has more decimals than quantities have."""

    code, field = "quantity", "quantity"
    words = gettext_lazy("A quantity is above zero, with at most four decimals.")


class StoreError(RefusedError):
    """A store that is not below the account, or is gone."""

    code, field = "store", "store"
    words = gettext_lazy("This store does not belong to the account.")


class TakenBackError(RefusedError):
    """A movement that is taken back already, or may not be."""

    code, field = "taken_back", "movement"
    words = gettext_lazy("This movement is taken back already, or takes another one back.")


_MEANINGS: dict[str, type[RefusedError]] = {
    SHORT: ShortStockError,
    "consignment_movement_reversed_once": TakenBackError,
    "consignment_reversal_mirrors": TakenBackError,
    "consignment_movement_moves_something": QuantityError,
    "consignment_movement_sign": QuantityError,
}
_WORDS = {
    "consignment_transfer_conserves": gettext_lazy(
        "A transfer brings as many pieces as it takes away."
    ),
    "consignment_store_not_merged": gettext_lazy(
        "This account was merged into another one. Use that one."
    ),
    "consignment_movement_of_its_report": gettext_lazy(
        "What was sold moves with an accepted sell-through report, on its days."
    ),
    "consignment_movement_of_its_count": gettext_lazy(
        "What a count finds moves in its store, on its day."
    ),
    "sales_report_fixed": gettext_lazy(
        "An accepted report stays as it is. A replacement takes its place."
    ),
    "sales_report_goes_its_way": gettext_lazy(
        "The report cannot take this step in its present state."
    ),
    "sales_report_totals_of_lines": gettext_lazy("The report is not what its lines add up to."),
    "sales_report_control_totals": gettext_lazy("The lines do not add up to the control totals."),
    "sales_report_counts_once": gettext_lazy(
        "A report with this number is accepted already. A replacement takes its place."
    ),
    "sales_report_one_currency": gettext_lazy("All lines of a report are in its currency."),
    "sales_report_line_in_period": gettext_lazy("A line lies outside the period of the report."),
    "sales_report_line_has_product": gettext_lazy("A line of a sell-through names its product."),
    "sales_report_line_has_amount": gettext_lazy("A line of a turnover names its amount."),
    "sales_report_line_store_id_exists": gettext_lazy("There is no such store."),
    "sales_report_line_product_id_exists": gettext_lazy("There is no such product."),
}


def register() -> None:
    """Teach `kam.core.problems` what the constraints of reports and movements mean."""
    for name, kind in _MEANINGS.items():
        register_constraint(name, kind.words, field=kind.field, kind=kind)
    for name, words in _WORDS.items():
        register_constraint(name, words)


@contextmanager
def stock_explained() -> Iterator[None]:
    """As `kam.core.problems.explained`; a short stock names its store and product."""
    try:
        yield
    except IntegrityError as error:
        raise _short(error) or problem_of(error) from error


def _short(error: IntegrityError) -> ShortStockError | None:
    details = getattr(error.__cause__, "diag", None)
    told = getattr(details, "message_detail", None) or ""
    if getattr(details, "constraint_name", None) != SHORT or told.count(",") != 3:
        return None
    store_id, product_id, there, moved = told.split(",")
    words = _("In %(store)s there are %(there)s of %(product)s, and %(out)s would leave.") % {
        "store": Account.objects.filter(pk=store_id).values_list("name", flat=True).first(),
        "product": Product.objects.filter(pk=product_id).values_list("name", flat=True).first(),
        "there": formats.number(Decimal(there)),
        "out": formats.number(-Decimal(moved)),
    }
    found = ShortStockError(words)
    found.product_id = int(product_id)
    return found
