"""What the ledger refuses, in words for people; the database's refusals say the same."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text
from kam.core.problems import RefusedError, register_constraint


class AmountError(RefusedError):
    """An amount that is not above zero or has more decimals than its currency."""

    code, field = "amount", "amount"
    words = _("An amount must be above zero.")


class DueDateError(RefusedError):
    """A due date before the document's date, or on a credit."""

    code, field = "due_date", "due_date"
    words = _("The due date is before the document's date.")


class UnknownCurrencyError(RefusedError):
    """A currency that this installation does not have."""

    code, field = "unknown_currency", "currency"
    words = _("There is no such currency here.")


class PartyError(RefusedError):
    """An account that takes no documents, or two payers in one act."""

    code, field = "party", "account"
    words = _("An allocation stays with one payer. Both items must be of the same one.")


class MismatchError(RefusedError):
    """Items that cannot be set against each other."""

    code, field = "mismatch", "items"
    words = _("An allocation sets a credit against a debit.")


class EffectiveDateError(RefusedError):
    """An allocation before one of its items was posted."""

    code, field = "effective_date", "effective_date"
    words = _("An allocation cannot be before the posting date of either item.")


class OverAllocatedError(RefusedError):
    """More than is open, today or on some date."""

    code, field = "over_allocated", "amount"
    words = _("This is more than is open.")


class ClosedPeriodError(RefusedError):
    """A date in a period that is closed."""

    code, field = "period_closed", "posting_date"
    words = _("This date lies in a closed period. Choose a date in an open one.")


class NumberTakenError(RefusedError):
    """A second document with the number of another of its kind and selling company."""

    code, field = "number_taken", "number"
    words = _("There is a document with this number already.")


class ReversalError(RefusedError):
    """A reversal of what is reversed already, or is itself a reversal."""

    code, field = "reversal", "document"
    words = _("This is reversed already, or is a reversal itself.")


class OfStatementError(RefusedError):
    """A reversal of a document of a settlement statement, whose revenue would stay."""

    code, field = "of_statement", "document"
    words = _("A settlement statement posted it. Take the statement back.")


class AppendOnlyError(RefusedError):
    """A change of a posted row."""

    code = "ledger_append_only"
    words = _("Posted rows stay as they are. Reverse them, or post a correction.")


class KeyReusedError(RefusedError):
    """An idempotency key that stands for something else already."""

    code, field = "key_reused", "idempotency_key"
    words = _("This idempotency key was used for something else.")


MERGED_WORDS = _("This account was merged into another one. Post to that one.")
_MEANINGS: dict[str, type[RefusedError]] = {
    "ledger_append_only": AppendOnlyError,
    "ledger_period_closed": ClosedPeriodError,
    "document_number_once": NumberTakenError,
    "document_reversed_once": ReversalError,
    "document_reversal_mirrors": ReversalError,
    "document_total_positive": AmountError,
    "document_idempotency_key_once": KeyReusedError,
    "ledger_item_amount_positive": AmountError,
    "ledger_item_due_not_before_document": DueDateError,
    "ledger_item_not_over_allocated": OverAllocatedError,
    "ledger_item_side_of_kind": MismatchError,
    "allocation_amount_positive": AmountError,
    "allocation_reversed_once": ReversalError,
    "allocation_reversal_mirrors": ReversalError,
    "allocation_idempotency_key_once": KeyReusedError,
    "allocation_sides": MismatchError,
    "allocation_one_payer": PartyError,
    "allocation_not_before_posting": EffectiveDateError,
    "document_currency_id_exists": UnknownCurrencyError,
}
_DECIMALS = _("This has more decimals than the currency.")
_WORDS: dict[str, tuple[Text, type[RefusedError]]] = {
    "document_total_decimals": (_DECIMALS, AmountError),
    "ledger_item_amount_decimals": (_DECIMALS, AmountError),
    "allocation_amount_decimals": (_DECIMALS, AmountError),
    "ledger_item_not_over_allocated_on_any_date": (
        _("On some date this is more than was open then, before a reversal took effect."),
        OverAllocatedError,
    ),
    "allocation_one_currency": (
        _("Both items and the allocation must be in the same currency."),
        MismatchError,
    ),
    "allocation_one_company": (
        _("Both items must be of the same selling company."),
        MismatchError,
    ),
    "allocation_items_exist": (_("There is no such item."), MismatchError),
    "document_items_sum": (_("The instalments must add up to the total."), AmountError),
    "document_one_side": (_("All items of a document stand on one side."), MismatchError),
    "document_corrects_same_payer": (
        _("A correction has the payer and the currency of what it corrects."),
        PartyError,
    ),
    "document_account_not_merged": (MERGED_WORDS, PartyError),
    "document_party_id_exists": (_("There is no such payer."), PartyError),
    "document_account_id_exists": (_("There is no such account."), PartyError),
}


def register() -> None:
    """Teach `kam.core.problems` what the ledger's constraints mean."""
    for name, kind in _MEANINGS.items():
        register_constraint(name, kind.words, field=kind.field, kind=kind)
    for name, (words, kind) in _WORDS.items():
        register_constraint(name, words, field=kind.field, kind=kind)
