"""The demo's agreements: written by who leads the group, approved by the credit controller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from accounts.demo.company import SOURCE_CODES
from accounts.demo.people import MAIL_DOMAIN
from accounts.models import Account, ProductCategory
from kam.core.clock import organisation_zone
from kam.core.dates import add_months
from kam.core.models import Currency, SellingCompany
from kam.core.problems import refuse
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.demo.term_specs import Spec, specs
from settlements.models import AgreementVersion, BusinessCalendar, TradingAgreement
from settlements.services.terms.agreements import create_agreement
from settlements.services.terms.calendars import DayDraft, save_calendar
from settlements.services.terms.drafts import HeaderDraft, VersionDraft
from settlements.services.terms.notices import tell_of_ends
from settlements.services.terms.parts import save_whole
from settlements.services.terms.problems import problems_of
from settlements.services.terms.versions import (
    draft_version,
    return_version,
    submit_version,
    terminate_version,
)

CONTROLLER = f"pekka.hautala@{MAIL_DOMAIN}"
NUMBERS = "RFA-"
"""How the numbers of the demo's agreements begin."""
_SELLERS = {"RO": "RF-RO", "CN": "RF-CN", "VN": "RF-VN"}
_HOME = "RF-FI"
_CALENDARS = {
    "fi": ("Finland", ("01-01", "01-06", "05-01", "12-06", "12-24", "12-25", "12-26")),
    "cn": ("中国大陆", ("01-01", "05-01", "05-04", "05-05", "10-01", "10-02", "10-05", "10-06")),
}
_YEARS = 3
_TOLD_DAYS = 14


def write_agreements(as_of: date) -> int:
    """Write the agreements of the demo's groups; those that are not here have none."""
    approver = User.objects.get(email=CONTROLLER)
    categories = {one.code: one for one in ProductCategory.objects.all()}
    groups = {_code(one): one for one in _groups()}
    companies = {one.code: one for one in SellingCompany.objects.all()}
    known = set(Currency.objects.values_list("pk", flat=True))
    written = 0
    for place, spec in enumerate(specs(categories, _calendars(as_of)), 1):
        group = groups.get(spec.code)
        if group is None or group.current_lead is None or spec.currency not in known:
            continue
        agreement = create_agreement(
            account=group,
            selling_company=companies[_SELLERS.get(group.country, _HOME)],
            number=f"{NUMBERS}{place:03}",
            name=spec.name,
            currency=spec.currency,
            by=group.current_lead,
        )
        _versions(agreement, spec, group.current_lead, approver, as_of)
        written += 1
    for days in range(_TOLD_DAYS, -1, -1):
        day = as_of - timedelta(days=days)
        tell_of_ends(as_of=day, at=_at(day, 1))
    return written


def _groups() -> QuerySet[Account]:
    found: QuerySet[Account] = Account.objects.filter(
        identifiers__system__in=SOURCE_CODES, identifiers__value__endswith="-000"
    )
    return found.select_related("current_lead").prefetch_related("identifiers").distinct()


def _code(group: Account) -> str:
    values = [one.value for one in group.identifiers.all() if one.value.endswith("-000")]
    return values[0].removesuffix("-000")


def _calendars(as_of: date) -> dict[str, BusinessCalendar]:
    """Return calendars of last year up to the next one, which no notice confirms yet."""
    years = range(as_of.year - 1, as_of.year - 1 + _YEARS)
    return {
        code: save_calendar(
            code=code,
            name=name,
            days=[
                DayDraft(day=date.fromisoformat(f"{year}-{day}"), is_confirmed=year <= as_of.year)
                for year in years
                for day in days
            ],
        )
        for code, (name, days) in _CALENDARS.items()
    }


# Versions


def _versions(
    agreement: TradingAgreement, spec: Spec, writer: User, approver: User, as_of: date
) -> None:
    """Write the versions before the last one, and the last as far as it is."""
    for earlier in _earlier(spec, as_of):
        version = _write(agreement, earlier, writer)
        _approve(version, writer, approver, at=_at(earlier.header.start - timedelta(days=20), 10))
    said = spec.draft(as_of)
    version = _write(agreement, said, writer)
    if spec.stage == "draft":
        return
    if spec.stage in ("waiting", "returned"):
        at = _at(as_of - timedelta(days=3), 15)
        submit_version(version=version, by=writer, at=at)
        if spec.stage == "returned":
            words = "75 days are more than we give: 60 at most, or a limit to go with it."
            return_version(version=version, note=words, by=approver, at=at + timedelta(hours=20))
        return
    _approve(version, writer, approver, at=_at(said.header.start - timedelta(days=12), 11))
    if spec.stage == "terminated":
        day = as_of - timedelta(days=30)
        terminate_version(
            version=version,
            on=add_months(as_of.replace(day=1), 2),
            reason="Bought by another group; its own agreement will hold.",
            by=approver,
            as_of=day,
            at=_at(day, 9),
        )


def _earlier(spec: Spec, as_of: date) -> Iterator[VersionDraft]:
    """Return the same terms from earlier years on, each until the next version began."""
    said, start = spec.draft(as_of), spec.start(as_of)
    for years in range(spec.before, 0, -1):
        header = HeaderDraft(start=add_months(start, -12 * years))
        yield VersionDraft(header=header, schedules=said.schedules, terms=said.terms)


def _write(agreement: TradingAgreement, said: VersionDraft, writer: User) -> AgreementVersion:
    version = draft_version(agreement=agreement, header=said.header, by=writer)
    return save_whole(version=version, draft=said, by=writer)


def _approve(version: AgreementVersion, writer: User, approver: User, *, at: datetime) -> None:
    """Bring a version into force long ago, when nobody was told by this installation."""
    refuse(problems_of(version).blockers)
    version.state, version.submitted_by = VersionState.IN_APPROVAL, writer
    version.submitted_at = at - timedelta(days=1)
    version.save()
    former = AgreementVersion.objects.filter(
        agreement=version.agreement, state=VersionState.ACTIVE, valid__overlap=version.valid
    )
    for one in former:
        one.valid = DateRange(one.valid.lower, version.valid.lower)
        one.state, one.ended_by, one.ended_at = VersionState.SUPERSEDED, approver, at
        one.save()
    version.state, version.approved_by = VersionState.ACTIVE, approver
    version.approved_at = at
    version.save()


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), organisation_zone())
