"""The kinds of data that accounts take in, as statements over staged rows."""

from accounts.importers.accounts import AccountsImporter
from accounts.importers.products import ProductsImporter
from accounts.importers.rates import RatesImporter
from accounts.importers.sales import SalesImporter
from accounts.importers.targets import TargetsImporter
from accounts.importers.words import NOTICES, REASONS
from kam.imports.engine.notices import register_notices, register_reasons
from kam.imports.registry import importers


def register() -> None:
    """Offer the kinds on the import pages, the command line and the API."""
    importers.register(
        AccountsImporter(),
        ProductsImporter(),
        SalesImporter(),
        TargetsImporter(),
        RatesImporter(),
    )
    register_notices(NOTICES)
    register_reasons(REASONS)
