from accounts.models.accounts import (
    Account,
    AccountFigure,
    AccountIdentifier,
    GroupPeriod,
    LeadAssignment,
    ParentLink,
)
from accounts.models.addresses import AccountAddress
from accounts.models.concentration import (
    ConcentrationAlert,
    ConcentrationSnapshot,
    ConcentrationThreshold,
)
from accounts.models.costs import ActivityDriver, ActivityRate, CostEntry, CostPool
from accounts.models.handovers import Handover
from accounts.models.health import HealthScore, HealthSettings
from accounts.models.market import (
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
)
from accounts.models.opportunities import Opportunity, OpportunityStageChange
from accounts.models.people import (
    CustomerDate,
    DecisionStep,
    Person,
    PersonIdentifier,
    Position,
    StakeholderLink,
    StakeholderNote,
)
from accounts.models.placements import Placement, PlacementStep
from accounts.models.pool_weights import PoolWeights, PoolWeightsChange
from accounts.models.portrait import PortraitSettings, PortraitStatement
from accounts.models.products import Product, ProductCategory
from accounts.models.programme import ProgrammeElement, ProgrammeItem
from accounts.models.promises import Promise, PromiseMove
from accounts.models.ratings import RelationshipSettings, StakeholderRating
from accounts.models.revenue import (
    GroupMonth,
    RevenueEntry,
    RevenueMonth,
    RevenueRevision,
    RevenueWatermark,
)
from accounts.models.service_reports import ServiceLine
from accounts.models.store_checks import (
    StoreCheck,
    StoreCheckCorrection,
    StoreCheckLine,
    Task,
)
from accounts.models.targets import Target
from accounts.models.team import RequestComment, TeamMember, TeamRequest
from accounts.models.tier_records import TierAssignment, TierOverride, TierRating
from accounts.models.tiers import Tier, TierCriterion, TierModel
from accounts.models.wallet import WalletEstimate

__all__ = [
    "Account",
    "AccountAddress",
    "AccountFigure",
    "AccountIdentifier",
    "ActivityDriver",
    "ActivityRate",
    "Competitor",
    "CompetitorMove",
    "CompetitorPresence",
    "CompetitorPrice",
    "ConcentrationAlert",
    "ConcentrationSnapshot",
    "ConcentrationThreshold",
    "CostEntry",
    "CostPool",
    "CustomerDate",
    "DecisionStep",
    "GroupMonth",
    "GroupPeriod",
    "Handover",
    "HealthScore",
    "HealthSettings",
    "LeadAssignment",
    "MarketFact",
    "Opportunity",
    "OpportunityStageChange",
    "ParentLink",
    "Person",
    "PersonIdentifier",
    "Placement",
    "PlacementStep",
    "PoolWeights",
    "PoolWeightsChange",
    "PortraitSettings",
    "PortraitStatement",
    "Position",
    "Product",
    "ProductCategory",
    "ProgrammeElement",
    "ProgrammeItem",
    "Promise",
    "PromiseMove",
    "RelationshipSettings",
    "RequestComment",
    "RevenueEntry",
    "RevenueMonth",
    "RevenueRevision",
    "RevenueWatermark",
    "ServiceLine",
    "StakeholderLink",
    "StakeholderNote",
    "StakeholderRating",
    "StoreCheck",
    "StoreCheckCorrection",
    "StoreCheckLine",
    "Target",
    "Task",
    "TeamMember",
    "TeamRequest",
    "Tier",
    "TierAssignment",
    "TierCriterion",
    "TierModel",
    "TierOverride",
    "TierRating",
    "WalletEstimate",
]
