from accounts.models.accounts import (
    Account,
    AccountFigure,
    AccountIdentifier,
    GroupPeriod,
    LeadAssignment,
    ParentLink,
)
from accounts.models.concentration import (
    ConcentrationAlert,
    ConcentrationSnapshot,
    ConcentrationThreshold,
)
from accounts.models.products import Product, ProductCategory
from accounts.models.revenue import (
    GroupMonth,
    RevenueEntry,
    RevenueMonth,
    RevenueRevision,
    RevenueWatermark,
)
from accounts.models.targets import Target

__all__ = [
    "Account",
    "AccountFigure",
    "AccountIdentifier",
    "ConcentrationAlert",
    "ConcentrationSnapshot",
    "ConcentrationThreshold",
    "GroupMonth",
    "GroupPeriod",
    "LeadAssignment",
    "ParentLink",
    "Product",
    "ProductCategory",
    "RevenueEntry",
    "RevenueMonth",
    "RevenueRevision",
    "RevenueWatermark",
    "Target",
]
