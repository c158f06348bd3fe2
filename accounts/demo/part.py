"""The accounts' share of the demo company, as `kam.core.demo` runs it."""

from __future__ import annotations

from functools import cache, partial

from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from accounts import models as m
from accounts.demo import stakeholders
from accounts.demo.catalogue import CATEGORIES, PRODUCTS
from accounts.demo.company import MADE_HERE, SOURCE_CODES
from accounts.demo.people import MAIL_DOMAIN, ORGANISATION, PASSWORD, PEOPLE, TEAMS
from accounts.demo.writer import RATE_SOURCE, load
from accounts.services.pool_weights import keep_pool_weights
from accounts.services.ratings import rewriting_ratings
from accounts.services.tree import lock_tree
from accounts.services.wallet_rewriting import rewriting_wallets
from kam.core.demo import Counts, DemoPart, DemoSignIn
from kam.core.models import ExchangeRate, SellingCompany
from kam.identity.models import SalesTeam, User
from kam.imports.models import DataSource, ImportBatch, ImportReject

# In the order in which they can go: who points goes before what is pointed at.
_BUSINESS: tuple[type[Model], ...] = (
    m.OpportunityStageChange,
    m.Opportunity,
    m.WalletEstimate,
    m.ProgrammeItem,
    m.CompetitorMove,
    m.CompetitorPrice,
    m.CompetitorPresence,
    m.Competitor,
    m.MarketFact,
    m.PortraitStatement,
    m.PortraitSettings,
    m.StakeholderNote,
    m.StakeholderRating,
    m.StakeholderLink,
    m.DecisionStep,
    m.CustomerDate,
    m.Position,
    m.PersonIdentifier,
    m.Person,
    m.RelationshipSettings,
    m.CostEntry,
    m.ActivityDriver,
    m.ActivityRate,
    m.CostPool,
    m.ConcentrationAlert,
    m.ConcentrationSnapshot,
    m.RevenueRevision,
    m.RevenueEntry,
    m.RevenueMonth,
    m.GroupMonth,
    m.Target,
    m.AccountFigure,
    m.LeadAssignment,
    m.ParentLink,
    m.GroupPeriod,
    m.AccountIdentifier,
    m.Account,
    m.Product,
    m.ProductCategory,
    ImportReject,
    ImportBatch,
    DataSource,
)
_DELETE = "DELETE FROM {table}"
_COUNTED = (
    m.RevenueEntry,
    m.Target,
    m.Account,
    m.Person,
    m.Product,
    m.ProductCategory,
    ImportBatch,
)


def present() -> Counts:
    """Count business rows of any origin, and exchange rates: a seeded rate could clash."""
    return _counts(*(model._default_manager.all() for model in (*_COUNTED, ExchangeRate)))


def added() -> Counts:
    """Count rows that the demo did not bring; changes to the demo's own rows are not counted."""
    return _counts(
        m.RevenueEntry.objects.exclude(source__code__in=MADE_HERE),
        m.Target.objects.filter(batch__isnull=False),
        m.Account.objects.exclude(identifiers__system__in=SOURCE_CODES),
        m.Person.objects.exclude(identifiers__system=stakeholders.SYSTEM),
        m.Product.objects.exclude(code__in=[product.code for product in PRODUCTS]),
        m.ProductCategory.objects.exclude(code__in=[category.code for category in CATEGORIES]),
        ImportBatch.objects.exclude(source__code__in=MADE_HERE),
    )


def clear(keep_user_id: int | None) -> Counts:
    """Empty accounts and imports, then remove the demo's rates, companies, people and teams."""
    lock_tree()
    removed = present()
    _forget_files()
    with rewriting_ratings(), rewriting_wallets():
        for model in _BUSINESS:
            _empty(model)
    ExchangeRate.objects.filter(source=RATE_SOURCE).delete()
    codes = [company.code for company in ORGANISATION.selling_companies]
    SellingCompany.objects.filter(code__in=codes).delete()
    keep_pool_weights()  # nothing is left to add up: marks of what went go as well
    return {**removed, "users": _remove_people(keep_user_id)}


def _remove_people(keep_user_id: int | None) -> int:
    people = User.objects.filter(email__endswith=f"@{MAIL_DOMAIN}")
    leaving = people if keep_user_id is None else people.exclude(pk=keep_user_id)
    count: int = leaving.count()
    leaving.delete()
    people.update(team=None)
    _remove_empty_teams()
    return count


def _remove_empty_teams() -> None:
    """Remove the demo's teams unless somebody else has joined, from the leaves upwards."""
    for name in reversed([team.name for team in TEAMS]):
        SalesTeam.objects.filter(name=name, members=None, children=None).delete()


def _forget_files() -> None:
    """Delete uploaded files once the rows are gone for good."""
    for batch in ImportBatch.objects.exclude(file=""):
        transaction.on_commit(partial(batch.file.storage.delete, batch.file.name or ""))


def _empty(model: type[Model]) -> None:
    """Delete all rows in one statement; keys inside the table are checked at commit."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE.format(table=connection.ops.quote_name(model._meta.db_table)))


def _counts(*rows: QuerySet[Model]) -> Counts:
    return {str(query.model._meta.verbose_name_plural): query.count() for query in rows}


def sign_ins() -> list[DemoSignIn]:
    """Name the people who still have the well-known password and may sign in."""
    titles = {person.email: person.title for person in PEOPLE}
    users = User.objects.filter(email__in=titles, is_active=True)
    found = {user.email: user for user in users if _is_well_known(user.password)}
    return [
        DemoSignIn(name=found[email].full_name, title=title, email=email, password=PASSWORD)
        for email, title in titles.items()
        if email in found
    ]


@cache
def _is_well_known(encoded: str) -> bool:
    """Say so once per process: the demo's people share one encoded password."""
    return check_password(PASSWORD, encoded)


PART = DemoPart(
    key="accounts",
    order=10,
    load=load,
    clear=clear,
    present=present,
    added=added,
    sign_ins=sign_ins,
)
