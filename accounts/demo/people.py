"""The demo's own people: teams, sign-ins, and who leads which chain when."""

from collections.abc import Iterator
from datetime import timedelta

from accounts.demo.blueprint import Chain
from accounts.demo.calendar import Calendar, Story
from accounts.demo.records import (
    Absence,
    Lead,
    NodeKind,
    Organisation,
    Period,
    Person,
    Role,
    SellingCompany,
    Team,
)
from accounts.demo.tree import Tree, group_key, story_code

MAIL_DOMAIN = "revonniitty.example"
PASSWORD = "kam-demo-company"  # noqa: S105 - printed beside the sign-ins, of no use elsewhere

ORGANISATION = Organisation(
    "Revonniitty Foods",
    "EUR",
    "Europe/Helsinki",
    1,
    (
        SellingCompany("RF-FI", "Revonniitty Foods Oy", "FI", "EUR"),
        SellingCompany("RF-RO", "Revonniitty Foods România S.R.L.", "RO", "RON"),
        SellingCompany("RF-CN", "瑞芬尼食品贸易(上海)有限公司", "CN", "CNY"),
        SellingCompany("RF-VN", "Công ty TNHH Thực phẩm Revonniitty Việt Nam", "VN", "VND"),
    ),
)

TEAMS = (
    Team("sales", "Sales", None),
    Team("nordics", "Nordics", "sales"),
    Team("cee", "Central and Eastern Europe", "sales"),
    Team("asia", "Asia", "sales"),
)


_TITLES = {
    Role.ACCOUNT_MANAGER: "Key account manager",
    Role.SALES_DIRECTOR: "Sales director",
    Role.CREDIT_CONTROLLER: "Credit controller",
    Role.ADMINISTRATOR: "System administrator",
    Role.AUDITOR: "Internal auditor",
    Role.INTEGRATION: "",
}


def _person(
    key: str, name: str, role: Role, team: str | None = None, language: str = "en"
) -> Person:
    return Person(key, name, f"{key}@{MAIL_DOMAIN}", _TITLES[role], role, team, language)


_KAM = Role.ACCOUNT_MANAGER
PEOPLE = (
    _person("elina.vuorela", "Elina Vuorela", Role.SALES_DIRECTOR),
    _person("aino.koskela", "Aino Koskela", _KAM, "nordics", "fi"),
    _person("juhani.rautio", "Juhani Rautio", _KAM, "nordics", "fi"),
    _person("karin.soderlund", "Karin Söderlund", _KAM, "nordics"),
    _person("andreea.munteanu", "Andreea Munteanu", _KAM, "cee", "ro"),
    _person("tomasz.wisniewski", "Tomasz Wiśniewski", _KAM, "cee"),
    _person("chen.siyuan", "陈思远", _KAM, "asia", "zh-hans"),
    _person("lan.anh", "Nguyễn Thị Lan Anh", _KAM, "asia", "vi"),
    _person("pekka.hautala", "Pekka Hautala", Role.CREDIT_CONTROLLER, None, "fi"),
    _person("sanna.jarvi", "Sanna Järvi", Role.ADMINISTRATOR),
    _person("oskar.lindqvist", "Oskar Lindqvist", Role.AUDITOR),
    _person("erp", "ERP integration", Role.INTEGRATION),
)

_BY_COUNTRY = {
    "FI": "juhani.rautio",
    "SE": "karin.soderlund",
    "EE": "karin.soderlund",
    "DE": "tomasz.wisniewski",
    "PL": "tomasz.wisniewski",
    "HU": "tomasz.wisniewski",
    "RO": "andreea.munteanu",
    "CN": "chen.siyuan",
    "VN": "lan.anh",
    "SG": "chen.siyuan",
}
_BY_CHAIN = {
    "FI01": "aino.koskela",
    "FI04": "aino.koskela",
    "FI06": "aino.koskela",
    "FI07": "aino.koskela",
    "HU01": "andreea.munteanu",
}
# Who led the chain before, and the day the present lead took over.
_HANDOVERS = {
    "FI04": ("juhani.rautio", Story(3, 3)),
    "FI06": ("juhani.rautio", Story(3, 3)),
    "HU01": ("tomasz.wisniewski", Story(2, 2)),
    "RO03": ("tomasz.wisniewski", Story(2, 2)),
    "RO06": ("tomasz.wisniewski", Story(2, 2)),
    "CN05": ("lan.anh", Story(1, 10)),
    "SG01": ("lan.anh", Story(3, 6)),
}
# The bought chain has its own lead until it comes under the buyer's.
_ENDED = {"RO02": Story(2, 9, 17)}
# Local leads below a group lead: chain and country of the banners they run.
_LOCAL = {
    ("FI01", "SE"): "karin.soderlund",
    ("FI01", "EE"): "karin.soderlund",
    ("DE01", "RO"): "andreea.munteanu",
    ("SG01", "VN"): "lan.anh",
}


def absences(calendar: Calendar) -> tuple[Absence, ...]:
    """Return who is away today: one manager, for ten days."""
    start, end = calendar.as_of - timedelta(days=3), calendar.as_of + timedelta(days=7)
    return (Absence("juhani.rautio", "aino.koskela", Period(start, end), "Holiday"),)


def leads(calendar: Calendar, told: tuple[Chain, ...], tree: Tree) -> tuple[Lead, ...]:
    """Return dated leads: one for each group, handed over at times, and some local ones."""
    groups = [lead for chain in told for lead in _group_leads(calendar, chain)]
    return (*groups, *_local_leads(calendar, tree))


def _group_leads(calendar: Calendar, chain: Chain) -> Iterator[Lead]:
    code, key = story_code(chain), group_key(chain.code)
    present = _BY_CHAIN.get(code, _BY_COUNTRY[chain.country])
    start = calendar.first
    if code in _HANDOVERS:
        former, story = _HANDOVERS[code]
        start = calendar.day(story)
        yield Lead(key, former, Period(calendar.first, start))
    end = calendar.day(_ENDED[code]) if code in _ENDED else None
    yield Lead(key, present, Period(start, end))


def _local_leads(calendar: Calendar, tree: Tree) -> Iterator[Lead]:
    for node in tree.nodes:
        person = _LOCAL.get((node.key[:4], node.country))
        if person and node.kind is NodeKind.BANNER:
            yield Lead(node.key, person, Period(calendar.first))
