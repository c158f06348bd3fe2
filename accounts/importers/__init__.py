"""The kinds of data that accounts take in, as statements over staged rows."""

from accounts.importers.accounts import AccountsImporter
from accounts.importers.colleagues import NOTICES as COLLEAGUE_NOTICES
from accounts.importers.colleagues import REASONS as COLLEAGUE_REASONS
from accounts.importers.colleagues import ColleaguesImporter
from accounts.importers.costs import CostsImporter, DriversImporter
from accounts.importers.people import NOTICES as PEOPLE_NOTICES
from accounts.importers.people import REASONS as PEOPLE_REASONS
from accounts.importers.people import PeopleImporter
from accounts.importers.placements import REASONS as PLACEMENT_REASONS
from accounts.importers.placements import PlacementsImporter
from accounts.importers.products import ProductsImporter
from accounts.importers.rates import RatesImporter
from accounts.importers.sales import SalesImporter
from accounts.importers.service_reports import REASONS as SERVICE_REASONS
from accounts.importers.service_reports import ServiceReportsImporter
from accounts.importers.targets import TargetsImporter
from accounts.importers.wallets import REASONS as WALLET_REASONS
from accounts.importers.wallets import WalletsImporter
from accounts.importers.words import NOTICES, REASONS
from kam.imports.engine.notices import register_notices, register_reasons
from kam.imports.registry import importers


def register() -> None:
    """Offer the kinds on the import pages, the command line and the API."""
    importers.register(
        ColleaguesImporter(),
        AccountsImporter(),
        PeopleImporter(),
        ProductsImporter(),
        SalesImporter(),
        TargetsImporter(),
        WalletsImporter(),
        CostsImporter(),
        DriversImporter(),
        PlacementsImporter(),
        ServiceReportsImporter(),
        RatesImporter(),
    )
    register_reasons({**PLACEMENT_REASONS, **SERVICE_REASONS})
    register_notices({**NOTICES, **COLLEAGUE_NOTICES, **PEOPLE_NOTICES})
    register_reasons({**REASONS, **WALLET_REASONS, **COLLEAGUE_REASONS, **PEOPLE_REASONS})
