"""The kinds of data that the ledger takes in, as statements over staged rows."""

from kam.imports.engine.notices import (
    register_also,
    register_conflicts,
    register_notices,
    register_reasons,
)
from kam.imports.registry import importers
from settlements.importers import (
    consigned_words,
    credit_limits,
    exposure_facts,
    payment_terms,
    prices,
)
from settlements.importers.consigned import ConsignedStockImporter, FillUpsImporter
from settlements.importers.open_items import OpenItemsImporter
from settlements.importers.receipts import ReceiptsImporter
from settlements.importers.sales_reports import SellThroughImporter, TurnoverImporter
from settlements.importers.words import ALSO, CONFLICTS, NOTICES, REASONS


def register() -> None:
    """Offer the kinds on the import pages, the command line and the API."""
    importers.register(OpenItemsImporter(), ReceiptsImporter())
    importers.register(SellThroughImporter(), TurnoverImporter())
    importers.register(ConsignedStockImporter(), FillUpsImporter())
    importers.register(*(kind() for kind in prices.IMPORTERS))
    importers.register(exposure_facts.ExposureFactsImporter())
    importers.register(credit_limits.CreditLimitsImporter())
    importers.register(payment_terms.PaymentTermsImporter())
    register_reasons(exposure_facts.REASONS)
    register_reasons(payment_terms.REASONS)
    register_reasons(credit_limits.REASONS)
    register_reasons(prices.REASONS)
    register_notices(NOTICES)
    register_reasons(REASONS)
    register_conflicts(CONFLICTS)
    register_also(ALSO)
    register_also(payment_terms.ALSO)
    register_notices(consigned_words.NOTICES)
    register_reasons(consigned_words.REASONS)
    register_conflicts(consigned_words.CONFLICTS)
    register_also(consigned_words.ALSO)
