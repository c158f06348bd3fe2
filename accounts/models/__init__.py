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
from accounts.models.costs import ActivityDriver, ActivityRate, CostEntry, CostPool
from accounts.models.people import (
    CustomerDate,
    DecisionStep,
    Person,
    PersonIdentifier,
    Position,
    StakeholderLink,
    StakeholderNote,
)
from accounts.models.products import Product, ProductCategory
from accounts.models.ratings import RelationshipSettings, StakeholderRating
from accounts.models.revenue import (
    GroupMonth,
    RevenueEntry,
    RevenueMonth,
    RevenueRevision,
    RevenueWatermark,
)
from accounts.models.targets import Target
from accounts.models.tier_records import TierAssignment, TierOverride, TierRating
from accounts.models.tiers import Tier, TierCriterion, TierModel

__all__ = [
    "Account",
    "AccountFigure",
    "AccountIdentifier",
    "ActivityDriver",
    "ActivityRate",
    "ConcentrationAlert",
    "ConcentrationSnapshot",
    "ConcentrationThreshold",
    "CostEntry",
    "CostPool",
    "CustomerDate",
    "DecisionStep",
    "GroupMonth",
    "GroupPeriod",
    "LeadAssignment",
    "ParentLink",
    "Person",
    "PersonIdentifier",
    "Position",
    "Product",
    "ProductCategory",
    "RelationshipSettings",
    "RevenueEntry",
    "RevenueMonth",
    "RevenueRevision",
    "RevenueWatermark",
    "StakeholderLink",
    "StakeholderNote",
    "StakeholderRating",
    "Target",
    "Tier",
    "TierAssignment",
    "TierCriterion",
    "TierModel",
    "TierOverride",
    "TierRating",
]
