"""The kinds of data that accounts take in, as statements over staged rows."""

from accounts.importers.accounts import AccountsImporter
from accounts.importers.addresses import REASONS as ADDRESS_REASONS
from accounts.importers.colleagues import NOTICES as COLLEAGUE_NOTICES
from accounts.importers.colleagues import REASONS as COLLEAGUE_REASONS
from accounts.importers.colleagues import ColleaguesImporter
from accounts.importers.competitors import NOTICES as COMPETITOR_NOTICES
from accounts.importers.competitors import REASONS as COMPETITOR_REASONS
from accounts.importers.competitors import CompetitorsImporter
from accounts.importers.costs import CostsImporter, DriversImporter
from accounts.importers.market_facts import REASONS as FACT_REASONS
from accounts.importers.market_facts import MarketFactsImporter
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
        CompetitorsImporter(),
        MarketFactsImporter(),
        PlacementsImporter(),
        ServiceReportsImporter(),
        RatesImporter(),
    )
    register_reasons({**PLACEMENT_REASONS, **SERVICE_REASONS})
    register_reasons({**COMPETITOR_REASONS, **FACT_REASONS, **ADDRESS_REASONS})
    register_notices(COMPETITOR_NOTICES)
    register_notices({**NOTICES, **COLLEAGUE_NOTICES, **PEOPLE_NOTICES})
    register_reasons({**REASONS, **WALLET_REASONS, **COLLEAGUE_REASONS, **PEOPLE_REASONS})
