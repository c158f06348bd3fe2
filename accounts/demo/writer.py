"""The demo company goes into the database: accounts, people and revenue in one go."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts import models as m
from accounts.demo.catalogue import ASIA
from accounts.demo.company import generate
from accounts.demo.rates import RateTable
from accounts.demo.records import Company, Entry, Node, Period, Role
from accounts.demo.stakeholders import load_stakeholders
from accounts.services.figures import refresh_figures
from accounts.services.tree import lock_tree, refresh_current
from kam.core.demo import Counts, DemoRequest
from kam.core.models import ExchangeRate, Organisation, SellingCompany
from kam.core.money import convert
from kam.core.text import search_key
from kam.identity.models import Delegation, SalesTeam, User
from kam.imports.choices import BatchState
from kam.imports.models import DataSource, ImportBatch

RATE_SOURCE = "Demo company"
GLN = "GLN"
_INDUSTRIES = {
    "distributor": "Food wholesale",
    "cash_and_carry": "Food wholesale",
    "online": "Online food retail",
    "other": "Food service",
}


def load(request: DemoRequest) -> Counts:
    """Write the whole company and return what was written."""
    company = generate(as_of=request.as_of, seed=request.seed, scale=request.scale)
    return _Writer(company, request).write()


@dataclass(slots=True)
class _Writer:
    """One load; the maps lead from the demo's keys to database ids."""

    company: Company
    request: DemoRequest
    people: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    batches: dict[tuple[str, int], int] = field(default_factory=dict)

    def write(self) -> Counts:
        lock_tree()
        self._organisation()
        self._people()
        self._absences()
        self._rates()
        self._assortment()
        self._sources()
        self._accounts()
        self._tree()
        self._revenue()
        self._targets()
        refresh_figures(as_of=self.request.as_of)
        people = load_stakeholders(as_of=self.request.as_of, seed=self.request.seed)
        company = self.company
        return {
            "users": len(company.people),
            "accounts": len(company.nodes),
            "products": len(company.products),
            "exchange rates": len(company.rates),
            "revenue entries": len(company.entries),
            "targets": len(company.targets),
            "people": people,
        }

    def _organisation(self) -> None:
        told = self.company.organisation
        Organisation.objects.update(
            name=told.name,
            base_currency_id=told.base_currency,
            time_zone=told.time_zone,
            fiscal_year_start=told.fiscal_year_start_month,
        )
        SellingCompany.objects.bulk_create(
            SellingCompany(
                code=company.code,
                name=company.name,
                country=company.country,
                currency_id=company.currency,
            )
            for company in told.selling_companies
        )

    def _people(self) -> None:
        teams: dict[str | None, int] = {}
        for team in self.company.teams:
            parent = teams.get(team.parent)
            teams[team.key] = SalesTeam.objects.create(name=team.name, parent_id=parent).pk
        password, nobody = make_password(self.request.password), make_password(None)
        users = User.objects.bulk_create(
            User(
                email=person.email,
                full_name=person.name,
                job_title=person.title,
                roles=[person.role.value],
                team_id=teams.get(person.team),
                language=person.language,
                password=nobody if person.role is Role.INTEGRATION else password,
            )
            for person in self.company.people
        )
        told = self.company.people
        self.people = {person.key: user.pk for person, user in zip(told, users, strict=True)}

    def _absences(self) -> None:
        Delegation.objects.bulk_create(
            Delegation(
                from_user_id=self.people[absence.person],
                to_user_id=self.people[absence.stand_in],
                valid=_range(absence.period),
                reason=absence.reason,
            )
            for absence in self.company.absences
        )

    def _rates(self) -> None:
        base = self.company.organisation.base_currency
        ExchangeRate.objects.bulk_create(
            ExchangeRate(
                currency_id=rate.currency,
                base_id=base,
                valid_on=rate.on,
                rate=rate.rate,
                source=RATE_SOURCE,
            )
            for rate in self.company.rates
        )

    def _assortment(self) -> None:
        told = self.company
        categories = m.ProductCategory.objects.bulk_create(
            m.ProductCategory(code=category.code, name=category.name)
            for category in told.categories
        )
        self.categories = {category.code: category.pk for category in categories}
        products = m.Product.objects.bulk_create(
            m.Product(
                code=product.code,
                name=product.name,
                category_id=self.categories[product.category],
                unit=product.unit,
                standard_cost=product.standard_cost,
                currency_id=told.organisation.base_currency,
            )
            for product in told.products
        )
        self.products = {product.code: product.pk for product in products}

    def _sources(self) -> None:
        sources = DataSource.objects.bulk_create(
            DataSource(
                code=source.code,
                name=source.name,
                expected_every_days=source.expected_every_days,
                data_as_of=source.data_as_of,
            )
            for source in self.company.sources
        )
        self.sources = {source.code: source.pk for source in sources}

    def _accounts(self) -> None:
        nodes = self.company.nodes
        accounts = m.Account.objects.bulk_create(map(_account, nodes))
        self.accounts = {n.key: account.pk for n, account in zip(nodes, accounts, strict=True)}
        europe, late = (source.code for source in self.company.sources)
        identifiers = [
            m.AccountIdentifier(
                account_id=self.accounts[node.key],
                system=late if node.country in ASIA else europe,
                value=node.key,
            )
            for node in nodes
        ]
        identifiers += [
            m.AccountIdentifier(account_id=self.accounts[node.key], system=GLN, value=node.gln)
            for node in nodes
            if node.gln
        ]
        m.AccountIdentifier.objects.bulk_create(identifiers)

    def _tree(self) -> None:
        m.ParentLink.objects.bulk_create(
            m.ParentLink(
                account_id=self.accounts[link.child],
                parent_id=self.accounts[link.parent],
                valid=_range(link.period),
            )
            for link in self.company.parents
        )
        m.LeadAssignment.objects.bulk_create(
            m.LeadAssignment(
                account_id=self.accounts[lead.account],
                user_id=self.people[lead.person],
                valid=_range(lead.period),
            )
            for lead in self.company.leads
        )
        refresh_current(as_of=self.request.as_of)

    def _revenue(self) -> None:
        self._batches()
        rates = RateTable(self.company.rates)
        columns = (
            "source_id, source_key, batch_id, account_id, booked_on, product_id, category_id, "
            "quantity, unit, net_amount, cost, currency_id, rate, base_amount"
        )
        table = m.RevenueEntry._meta.db_table
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for entry in self.company.entries:
                copy.write_row(self._row(entry, rates.on(entry.currency, entry.on)))

    def _row(self, entry: Entry, rate: Decimal) -> tuple[object, ...]:
        return (
            self.sources[entry.source],
            entry.source_key,
            self.batches[entry.source, entry.on.year],
            self.accounts[entry.account] if entry.account else None,
            entry.on,
            self.products[entry.product],
            self.categories[entry.category],
            entry.quantity,
            entry.unit,
            entry.net_amount,
            entry.cost,
            entry.currency,
            rate,
            convert(entry.net_amount, rate),
        )

    def _batches(self) -> None:
        """Let the lines have come as one file a year from each source."""
        lines: dict[tuple[str, int], int] = defaultdict(int)
        for entry in self.company.entries:
            lines[entry.source, entry.on.year] += 1
        known = {source.code: source.data_as_of for source in self.company.sources}
        zone = ZoneInfo(self.company.organisation.time_zone)
        early = datetime.combine(self.request.as_of, time(5), zone)
        for (source, year), count in lines.items():
            batch = ImportBatch.objects.create(
                kind="sales",
                source_id=self.sources[source],
                file_name=f"{source}-{year}.csv",
                state=BatchState.COMMITTED,
                rows=count,
                created=count,
                updated=0,
                unchanged=0,
                rejected=0,
                data_as_of=min(known[source], known[source].replace(year, 12, 31)),
                committed_at=early - timedelta(days=(self.request.as_of - known[source]).days - 1),
            )
            self.batches[source, year] = batch.pk

    def _targets(self) -> None:
        currency = self.company.organisation.base_currency
        m.Target.objects.bulk_create(
            m.Target(
                month=target.month,
                amount=target.amount,
                currency_id=currency,
                account_id=self.accounts[target.account] if target.account else None,
                manager_id=self.people[target.person] if target.person else None,
            )
            for target in self.company.targets
        )


def _account(node: Node) -> m.Account:
    return m.Account(
        name=node.name,
        name_key=search_key(node.name),
        kind=node.kind.value,
        status=node.status.value,
        country=node.country,
        region=node.region,
        channel=node.channel.value,
        industry=_INDUSTRIES.get(node.channel.value, "Food retail"),
        currency_id=node.currency,
    )


def _range(period: Period) -> DateRange:
    return DateRange(period.start, period.end)
