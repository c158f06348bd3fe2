"""The kinds of data that the ledger takes in, as statements over staged rows."""

from kam.imports.engine.notices import (
    register_also,
    register_conflicts,
    register_notices,
    register_reasons,
)
from kam.imports.registry import importers
from settlements.importers.open_items import OpenItemsImporter
from settlements.importers.receipts import ReceiptsImporter
from settlements.importers.words import ALSO, CONFLICTS, NOTICES, REASONS


def register() -> None:
    """Offer the kinds on the import pages, the command line and the API."""
    importers.register(OpenItemsImporter(), ReceiptsImporter())
    register_notices(NOTICES)
    register_reasons(REASONS)
    register_conflicts(CONFLICTS)
    register_also(ALSO)
