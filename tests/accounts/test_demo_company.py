"""The generated demo company: repeatable, complete, and believable to a sales director."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from accounts import choices
from accounts.demo import records
from accounts.demo.company import generate
from accounts.demo.rates import RateTable
from accounts.demo.records import Company, Entry, NodeKind, Status
from accounts.demo.targets import LeadBook
from kam.identity.choices import Role

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 11, 22)
BOUGHT, BUYER, BOUGHT_ON = "RO02-000", "DE01-000", date(2024, 9, 17)


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(as_of=AS_OF)


@pytest.fixture(scope="module")
def in_euro(company: Company) -> Callable[[Entry], Decimal]:
    rates = RateTable(company.rates)
    return lambda entry: entry.net_amount * rates.on(entry.currency, entry.on)


def _group_on(company: Company) -> Callable[[Entry], str | None]:
    """Return a function that finds the ultimate parent of an entry on its own date."""
    links = defaultdict(list)
    for link in company.parents:
        links[link.child].append(link)

    def group(entry: Entry) -> str | None:
        node = entry.account
        while node is not None:
            above = [link.parent for link in links[node] if link.period.contains(entry.on)]
            if not above:
                return node
            (node,) = above
        return None

    return group


def _totals(company: Company, in_euro: Callable[[Entry], Decimal], year: int) -> dict[str, Decimal]:
    group, totals = _group_on(company), defaultdict[str, Decimal](Decimal)
    for entry in company.entries:
        key = group(entry)
        if entry.on.year == year and key is not None:
            totals[key] += in_euro(entry)
    return totals


def _shares(totals: Iterable[Decimal]) -> list[Decimal]:
    positive = sorted((total for total in totals if total > 0), reverse=True)
    whole = sum(positive)
    return [total / whole for total in positive]


def test_same_seed_and_day_give_the_same_company(company: Company) -> None:
    assert generate(as_of=AS_OF) == company


def test_another_seed_gives_other_lines(company: Company) -> None:
    other = generate(as_of=AS_OF, seed=21)
    assert [node.name for node in other.nodes] == [node.name for node in company.nodes]
    assert other.entries != company.entries


def test_within_a_month_a_later_day_only_adds_lines(company: Company) -> None:
    earlier = generate(as_of=AS_OF - timedelta(days=12))
    later = {entry.source_key: entry for entry in company.entries}
    assert len(earlier.entries) < len(company.entries)
    assert [e for e in earlier.entries if later[e.source_key] != e] == []


def test_lines_are_pinned(company: Company) -> None:
    """The figures below change only on purpose: documents and screenshots quote the demo."""
    total = sum(entry.quantity for entry in company.entries)
    assert (len(company.nodes), len(company.entries), total) == PINNED


PINNED = (319, 83453, Decimal("19787360.4"))


def test_groups_and_nodes_are_as_many_as_promised(company: Company) -> None:
    kinds = Counter(node.kind for node in company.nodes)
    assert 55 <= kinds[NodeKind.GROUP] <= 65
    assert 280 <= len(company.nodes) <= 330
    assert 60_000 <= len(company.entries) <= 90_000
    assert min(kinds[kind] for kind in NodeKind) >= 30


def test_every_channel_and_country_is_there(company: Company) -> None:
    groups = [node for node in company.nodes if node.kind is NodeKind.GROUP]
    assert {node.channel for node in company.nodes} == set(records.Channel)
    assert {node.country for node in groups} == {
        "FI", "SE", "EE", "DE", "PL", "HU", "RO", "CN", "VN", "SG",
    }  # fmt: skip


def test_scale_repeats_chains_under_other_names(company: Company) -> None:
    double = generate(as_of=AS_OF, scale=2)
    assert len(double.nodes) == 2 * len(company.nodes)
    assert 1.9 < len(double.entries) / len(company.entries) < 2.1
    names = Counter(node.name for node in double.nodes if node.kind is NodeKind.GROUP)
    assert names.most_common(1)[0][1] == 1


def test_keys_are_unique(company: Company) -> None:
    keys = Counter((entry.source, entry.source_key) for entry in company.entries)
    assert keys.most_common(1)[0][1] == 1
    assert len({node.key for node in company.nodes}) == len(company.nodes)
    glns = [node.gln for node in company.nodes if node.gln]
    assert len(set(glns)) == len(glns)


def test_gln_has_its_check_digit_in_the_range_for_internal_use(company: Company) -> None:
    for gln in (node.gln for node in company.nodes if node.gln):
        digits = [int(digit) for digit in gln]
        assert len(digits) == 13
        assert gln.startswith("29")
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


@pytest.mark.parametrize(
    ("country", "letters"),
    [
        ("FI", "[äö]"),
        ("RO", "[ăâîșț]"),
        ("CN", "[\u4e00-\u9fff]"),
        ("VN", "[ạảấầậắặẹếềệịọốồộớờợụứừựđ]"),
        ("PL", "[ąćęłńóśźż]"),
        ("HU", "[őű]"),
        ("SE", "[åäö]"),
        ("EE", "[õäöü]"),
    ],
)
def test_names_are_in_the_countrys_own_script(company: Company, country: str, letters: str) -> None:
    names = [node.name.casefold() for node in company.nodes if node.country == country]
    assert sum(bool(re.search(letters, name)) for name in names) >= 3


def test_some_names_are_too_long_for_a_column(company: Company) -> None:
    groups = [node.name for node in company.nodes if node.kind is NodeKind.GROUP]
    assert sum(len(name) > 70 for name in groups) >= 3
    assert max(map(len, groups)) <= 300


def test_prospects_have_no_revenue_and_dormant_ones_no_recent(company: Company) -> None:
    status = {node.key: node.status for node in company.nodes}
    sold = {entry.account for entry in company.entries}
    recent = {e.account for e in company.entries if e.on > AS_OF - timedelta(days=365)}
    prospects = {key for key in status if status[key] is Status.PROSPECT}
    asleep = {key for key in status if status[key] is Status.DORMANT}
    assert len({key[:4] for key in prospects}) >= 5
    assert prospects.isdisjoint(sold)
    assert len({key[:4] for key in asleep}) >= 3
    assert asleep.isdisjoint(recent)
    assert not asleep.isdisjoint(sold)


def test_concentration_is_that_of_a_key_account_business(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    for year in (2023, 2024, 2025):
        shares = _shares(_totals(company, in_euro, year).values())
        top_fifth = shares[: -(-len(shares) // 5)]
        assert Decimal("0.18") <= shares[0] <= Decimal("0.22")
        assert Decimal("0.74") <= sum(top_fifth) <= Decimal("0.84")
        assert Decimal(700) <= 10_000 * sum(share * share for share in shares) <= Decimal(1000)


def test_one_customer_is_near_the_ten_percent_line(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    for year in (2023, 2024, 2025, 2026):
        totals = _totals(company, in_euro, year)
        share = totals["FI02-000"] / sum(totals.values())
        assert Decimal("0.09") <= share <= Decimal("0.107")


def test_chain_is_bought_in_the_middle_of_a_month_of_the_second_year(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    (link,) = [link for link in company.parents if link.child == BOUGHT]
    assert (link.parent, link.period.start, link.period.end) == (BUYER, BOUGHT_ON, None)
    by_year = [_totals(company, in_euro, year) for year in (2023, 2024, 2025)]
    assert [totals[BOUGHT] > 0 for totals in by_year] == [True, True, False]
    month = [e for e in company.entries if e.on.replace(day=1) == date(2024, 9, 1)]
    home = [e for e in month if str(e.account).startswith("RO02")]
    assert {e.on < BOUGHT_ON for e in home} == {True, False}


def test_merged_banner_keeps_its_history_and_closes(company: Company) -> None:
    closed = next(node for node in company.nodes if node.name == "榕家生鲜")
    kept = next(node for node in company.nodes if node.name == "青榕超市")
    entity = next(node for node in company.nodes if node.name == "榕家生鲜超市有限公司")
    links = [link for link in company.parents if link.child == entity.key]
    assert [(link.parent, link.period.start, link.period.end) for link in links] == [
        (closed.key, date(2023, 1, 1), date(2025, 4, 1)),
        (kept.key, date(2025, 4, 1), None),
    ]
    assert closed.status is Status.CLOSED


def test_stories_can_be_read_from_the_figures(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    years = [_totals(company, in_euro, year) for year in (2023, 2024, 2025, 2026)]
    lost, fast = "CN10-000", "CN03-000"
    assert [year[lost] > 0 for year in years] == [True, True, True, False]
    assert [year[fast] for year in years] == sorted(year[fast] for year in years)
    assert years[2][fast] > 2 * years[0][fast]
    assert years[2]["PL03-000"] < 0
    assert years[3]["CN09-000"] < 0


def test_lapsed_category_is_not_bought_again(company: Company) -> None:
    fish = [e.on for e in company.entries if e.account and e.account.startswith("FI03")
            and e.category == "FIS" and e.quantity > 0]  # fmt: skip
    assert max(fish) < date(2025, 2, 1)
    assert min(fish) < date(2023, 2, 1)


def test_seasons_show(company: Company, in_euro: Callable[[Entry], Decimal]) -> None:
    months = defaultdict[tuple[str, int], Decimal](Decimal)
    for entry in company.entries:
        if entry.on.year < AS_OF.year:
            months[entry.category, entry.on.month] += in_euro(entry)
    peaks = {"FIS": (12, 8), "OAT": (7, 2), "RDY": (1, 7), "BER": (12, 5), "SNK": (12, 2)}
    for category, (high, low) in peaks.items():
        assert months[category, high] > Decimal("1.2") * months[category, low]
    label = [months["PRL", month] for month in range(1, 13)]
    assert max(label) < Decimal("1.2") * min(label)


def test_lunar_new_year_empties_february_in_asia_only(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    months = defaultdict[tuple[str, int], Decimal](Decimal)
    for entry in company.entries:
        if entry.on.year == 2025:
            months[entry.source, entry.on.month] += in_euro(entry)
    assert months["erp-asia", 2] < Decimal("0.6") * months["erp-asia", 1]
    assert months["erp-europe", 2] > Decimal("0.85") * months["erp-europe", 1]


def test_every_entry_has_a_rate_on_its_date(company: Company) -> None:
    rates = RateTable(company.rates)
    currencies = {entry.currency for entry in company.entries}
    assert currencies == {"EUR", "SEK", "PLN", "HUF", "RON", "CNY", "VND", "SGD"}
    assert min(rates.on(entry.currency, entry.on) for entry in company.entries) > 0


def test_rates_drift_but_do_not_jump(company: Company) -> None:
    by_currency = defaultdict(list)
    for rate in company.rates:
        by_currency[rate.currency].append(rate.rate)
    for series in by_currency.values():
        steps = [later / earlier for earlier, later in pairwise(series)]
        assert Decimal("0.95") < min(steps) < max(steps) < Decimal("1.05")


def test_amounts_are_price_times_quantity_with_believable_margins(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    rates = RateTable(company.rates)
    revenue, cost = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for entry in company.entries:
        assert entry.quantity * entry.net_amount > 0
        if entry.cost is not None:
            assert entry.quantity * entry.cost > 0
            revenue[entry.category] += in_euro(entry)
            cost[entry.category] += entry.cost * rates.on(entry.currency, entry.on)
    margins = {category: 1 - cost[category] / revenue[category] for category in revenue}
    assert all(Decimal("0.10") < margin < Decimal("0.50") for margin in margins.values())
    assert min(margins, key=lambda category: margins[category]) == "PRL"


def test_vnd_and_huf_have_no_decimals(company: Company) -> None:
    for entry in company.entries:
        if entry.currency in {"VND", "HUF"}:
            assert entry.net_amount == entry.net_amount.to_integral_value()


def test_returns_are_negative_lines_after_their_delivery(company: Company) -> None:
    by_key = {entry.source_key: entry for entry in company.entries}
    returns = [entry for entry in company.entries if entry.quantity < 0]
    assert 0.01 < len(returns) / len(company.entries) < 0.04
    for back in returns:
        delivery = by_key[back.source_key.removesuffix("/R").removesuffix("/B")]
        assert delivery.on < back.on
        assert -back.quantity <= delivery.quantity


def test_some_revenue_is_unassigned_and_has_no_known_cost(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    loose = [entry for entry in company.entries if entry.account is None]
    share = sum(map(in_euro, loose)) / sum(map(in_euro, company.entries))
    assert Decimal("0.001") < share < Decimal("0.01")
    assert {entry.cost for entry in loose} == {None}


def test_only_buying_levels_are_invoiced(company: Company) -> None:
    kinds = {node.key: node.kind for node in company.nodes}
    sold = {kinds[entry.account] for entry in company.entries if entry.account}
    assert sold == {NodeKind.LEGAL_ENTITY, NodeKind.STORE, NodeKind.DEPOT}


def test_one_feed_is_late(company: Company) -> None:
    europe, asia = company.sources
    assert (AS_OF - europe.data_as_of).days == 1
    assert (AS_OF - asia.data_as_of).days == 9
    assert asia.expected_every_days == 1
    last = {source: max(e.on for e in company.entries if e.source == source.code)
            for source in company.sources}  # fmt: skip
    assert last[europe] <= europe.data_as_of
    assert last[asia] <= asia.data_as_of


def test_every_account_has_exactly_one_parent_and_lead_on_every_day(company: Company) -> None:
    book = LeadBook(company.leads, company.parents)
    for month in (date(2023, 1, 1), date(2024, 9, 16), BOUGHT_ON, date(2025, 3, 1), AS_OF):
        own = Counter(lead.account for lead in company.leads if lead.period.contains(month))
        parents = Counter(link.child for link in company.parents if link.period.contains(month))
        assert max(own.values()) == 1
        assert max(parents.values()) == 1
        assert all(book.on(node.key, month) for node in company.nodes)


def test_leads_change_hands_and_local_leads_stand_below_a_group_lead(company: Company) -> None:
    book = LeadBook(company.leads, company.parents)
    assert book.on("FI04-000", date(2025, 2, 28)) == "juhani.rautio"
    assert book.on("FI04-000", date(2025, 3, 1)) == "aino.koskela"
    assert book.on(BOUGHT, date(2024, 9, 16)) == "andreea.munteanu"
    assert book.on(BOUGHT, BOUGHT_ON) == "tomasz.wisniewski"
    swedish = next(n.key for n in company.nodes if n.name == "Granängen")
    assert (book.on("FI01-000", AS_OF), book.on(swedish, AS_OF)) == (
        "aino.koskela",
        "karin.soderlund",
    )


def test_targets_are_for_accounts_or_managers_and_near_what_happened(
    company: Company, in_euro: Callable[[Entry], Decimal]
) -> None:
    assert all((t.account is None) != (t.person is None) for t in company.targets)
    assert all(t.amount > 0 and t.month.day == 1 for t in company.targets)
    for year in (2023, 2024, 2025):
        due = [target for target in company.targets if target.month.year == year]
        planned = sum((t.amount for t in due if t.person), Decimal())
        by_account = sum((t.amount for t in due if t.account), Decimal())
        sold = [in_euro(e) for e in company.entries if e.on.year == year and e.account]
        assert Decimal("0.95") < sum(sold) / planned < Decimal("1.05")
        assert abs(planned / by_account - 1) < Decimal("0.01")
    assert max(t.month for t in company.targets) == date(2026, 12, 1)


def test_people_are_twelve_with_every_role(company: Company) -> None:
    roles = Counter(person.role for person in company.people)
    assert (len(company.people), roles[records.Role.ACCOUNT_MANAGER]) == (12, 7)
    assert set(roles) == set(records.Role)
    assert all(person.email.endswith(".example") for person in company.people)


def test_words_of_the_records_are_those_of_the_models() -> None:
    assert {kind.value for kind in NodeKind} == set(choices.AccountKind.values)
    assert {channel.value for channel in records.Channel} == set(choices.Channel.values)
    assert {role.value for role in records.Role} == set(Role.values)
    assert {status.value for status in Status} <= set(choices.AccountStatus.values)


@pytest.mark.parametrize("as_of", [date(2027, 1, 1), date(2028, 2, 29)])
def test_company_stands_at_the_edges_of_the_calendar(as_of: date) -> None:
    company = generate(as_of=as_of)
    assert company.history.start == date(as_of.year - 3, 1, 1)
    assert max(entry.on for entry in company.entries) < as_of
    assert 55_000 <= len(company.entries) <= 90_000


def test_generator_needs_no_django() -> None:
    program = "import sys, accounts.demo.company; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_scale_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="scale"):
        generate(as_of=AS_OF, scale=0)
