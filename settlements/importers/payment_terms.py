"""Payment terms of outright purchase from files: one draft of an agreement for each customer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups
from accounts.models import Account
from kam.core.dates import ONE_DAY
from kam.core.locks import lock_names
from kam.core.models import Organisation, SellingCompany
from kam.identity.models import User
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.notices import Also
from kam.imports.engine.run import Run
from settlements.choices.terms import BaseEvent, OperationKind, Preset, VersionState
from settlements.importers import payment_terms_sql as sql
from settlements.models import AgreementVersion, SettlementTerm, TradingAgreement
from settlements.services.terms.agreements import create_agreement
from settlements.services.terms.copying import PARTS, term_draft_of
from settlements.services.terms.drafts import HeaderDraft, LineDraft, OperationDraft, TermDraft
from settlements.services.terms.locking import locked_agreement
from settlements.services.terms.parts import delete_draft, save_term
from settlements.services.terms.presets import OUTRIGHT_CASH, OUTRIGHT_CREDIT
from settlements.services.terms.versions import draft_version

AGREEMENT, VERSION = "settlements_tradingagreement", "settlements_agreementversion"
OPEN = (VersionState.DRAFT, VersionState.IN_APPROVAL)
OUTRIGHT = (Preset.OUTRIGHT_CASH, Preset.OUTRIGHT_CREDIT)
MOST_DAYS = 365
REASONS = {
    "terms account not yours": _("You may not write agreements of this account"),
    "unknown: terms": _("These payment terms cannot be read"),
    "terms no company": _("There is no selling company yet: add one in the settings"),
    "terms which company": _("Say which of your selling companies"),
    "terms unknown company": _("There is no such selling company"),
    "terms several agreements": _("The account has several agreements with it: name the number"),
    "terms number taken": _("The agreement of this number is another account's"),
    "terms other currency": _("The agreement is in another currency"),
    "terms ends early": _("It ends before it begins"),
    "terms draft stands": _("A version of the agreement is being worked on"),
    "terms later version": _("Another approved version is in the way: choose a later day"),
    "terms says more": _("The agreement says more than this: change it by hand"),
}
ALSO = {
    "drafts of agreements": Also(
        title=_("Drafts to be submitted for approval"),
        url_name="settlements:agreement-list",
        capability="terms.view",
    ),
}
_CASH = {"cash", "cod", "cash on delivery", "on delivery", "outright_cash"}
_PREPAID = {"prepaid", "prepay", "prepayment", "cia", "cash in advance"}
_END_OF_MONTH = "end_of_month"
_CODE = re.compile(
    r"(?:(?P<percent>\d{1,2}(?:[.,]\d{1,2})?) ?%? ?/ ?(?P<within>\d{1,3}),? ?)?"
    r"(?P<first>eom ?\+? ?)?(?:net ?|n ?|n/)?(?P<days>\d{1,3}) ?(?:d|days?)?(?P<last> ?eom)?"
)


def _terms(text: str) -> str | None:
    """One text for each meaning: event, days, end of month, discount and its days."""
    said = " ".join(text.casefold().split())
    if said in _CASH:
        return f"{BaseEvent.DELIVERY.value}|0||"
    if said in _PREPAID:
        return f"{BaseEvent.ORDER_DATE.value}|0||"
    found = _CODE.fullmatch(said)
    if found is None or max(int(found["days"]), int(found["within"] or 0)) > MOST_DAYS:
        return None
    percent = (found["percent"] or "").replace(",", ".")
    if percent and not (Decimal(percent) and int(found["within"]) < int(found["days"])):
        return None
    event = _END_OF_MONTH if found["first"] or found["last"] else BaseEvent.INVOICE_DATE.value
    return f"{event}|{int(found['days'])}|{percent}|{found['within'] or ''}"


def term_of(code: str) -> TermDraft:
    """What a term says by the text that `_terms` made."""
    event, days, percent, within = code.split("|")
    steps = [OperationDraft(kind=OperationKind.DAYS, value=int(days))] if int(days) else []
    if event == _END_OF_MONTH:
        event = BaseEvent.INVOICE_DATE
        steps = [OperationDraft(kind=OperationKind.END_OF_MONTH), *steps]
    start = OUTRIGHT_CREDIT if event == BaseEvent.INVOICE_DATE else OUTRIGHT_CASH
    return replace(
        start,
        base_event=event,
        lines=(LineDraft(operations=tuple(steps)),),
        discount_percent=Decimal(percent) if percent else None,
        discount_days=int(within) if within else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A staged row with what it names; `problem` where something of that is wrong."""

    line: int
    account_id: int
    company_id: int
    currency: str
    number: str
    name: str
    terms: str
    start: date
    last: date | None
    problem: str | None
    detail: str | None
    agreement_id: int | None

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.account_id, self.company_id, self.number)

    @property
    def said(self) -> tuple[Any, ...]:
        return (self.terms, self.start, self.last, self.currency)

    @property
    def header(self) -> HeaderDraft:
        return HeaderDraft(start=self.start, end=self.last and self.last + ONE_DAY)


class PaymentTermsImporter(Importer):
    """Drafts of agreements on outright purchase; somebody else approves them."""

    key = "payment_terms"
    title = _("Payment terms")
    summary = _("Days and discounts of customers who buy outright: drafts to be approved.")
    icon = "contract"
    order = 74
    capability = "terms.edit"
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name; it holds for all below it as well."),
               synonyms=("customer", "customer id", "account id", "payer", "account code")),
        Column(name="selling_company", label=_("Selling company"), max_length=20, example="FI01",
               help=_("Its code; needed where there are several."),
               synonyms=("company code", "bukrs", "legal entity", "business code")),
        Column(name="terms", label=_("Payment terms"), required=True, example="2/10 net 30",
               read=_terms,
               help=_("Days from the invoice: 30, NET 30, 2/10 net 30. 30 EOM counts from the end "
                      "of its month. COD: on delivery; PREPAID: with the order."),
               synonyms=("payment terms", "payment term", "terms of payment", "zterm", "days")),
        Column(name="valid_from", label=_("From"), type=ColumnType.DATE, example="2026-07-01",
               help=_("Empty: the day of the import."),
               synonyms=("from", "start", "valid from", "as of")),
        Column(name="last_day", label=_("Last day"), type=ColumnType.DATE, example="",
               help=_("Empty: for good.")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code", "cur")),
        Column(name="number", label=_("Number of the agreement"), max_length=60, example="",
               help=_("Empty: the account's only agreement, else a number is made."),
               synonyms=("agreement", "agreement number", "contract", "contract number")),
        Column(name="name", label=_("Name of the agreement"), max_length=200, example="",
               help=_("Of a new one."), synonyms=("agreement name", "contract name")),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """One file of terms at a time."""
        lock_names("settlements.import.payment_terms")

    def resolve(self, run: Run) -> None:
        """Find accounts, companies and agreements, and judge what the rows would change."""
        lookups.find_accounts(run)
        run.execute(sql.FOUND, _parameters(run))
        rows = [Wanted(**dict(zip(sql.COLUMNS, row, strict=True))) for row in run.rows(sql.READ)]
        standing = _standing({row.agreement_id for row in rows if row.agreement_id})
        run.execute(sql.ROWS)
        told: dict[tuple[Any, ...], Wanted] = {}
        found = [_judge(row, told, standing.get(row.agreement_id or 0, ())) for row in rows]
        run.execute(
            sql.JUDGED,
            {
                "lines": [row.line for row in rows],
                "actions": ["" if problem else action for action, problem in found],
                "problems": [problem for _action, problem in found],
            },
        )

    def apply(self, run: Run) -> None:
        """Write a draft for each row, in a new agreement or as the next version of its own."""
        by = run.batch.created_by
        agreements, versions = [], []
        for row in run.rows(sql.WANTED):
            wanted = Wanted(**dict(zip(sql.COLUMNS, row, strict=True)))
            if wanted.agreement_id is None:
                agreement = _open(wanted, by)
                agreements.append(agreement.pk)
            else:
                agreement = TradingAgreement.objects.get(pk=wanted.agreement_id)
            versions.append(_write(agreement, wanted, by).pk)
        if versions:
            run.also["drafts of agreements"] = len(versions)
        for table, made in ((AGREEMENT, agreements), (VERSION, versions)):
            if made:
                ids = ", ".join(str(int(pk)) for pk in made)
                changes.note_created(run, table, f"SELECT id FROM {table} WHERE id IN ({ids})")

    def undo(self, run: Run) -> UndoReport:
        """Throw away the drafts that nobody worked on since, and agreements that hold nothing."""
        changes.refuse_when_built_upon(run)
        rows = AgreementVersion.objects.filter(pk__in=changes.created_ids(run, VERSION))
        opened = set(changes.created_ids(run, AGREEMENT))
        removed = left = 0
        for version in rows.order_by("pk"):
            agreement = locked_agreement(version.agreement_id)
            version.refresh_from_db()
            later = version.updated_at > run.batch.committed_at
            if version.state != VersionState.DRAFT or later:
                left += 1
                continue
            delete_draft(version)
            removed += 1
            if agreement.pk in opened and not agreement.versions.exists():
                agreement.delete()
        changes.forget(run)
        words = ngettext(
            "%d draft was worked on, submitted or approved since: it stays.",
            "%d drafts were worked on, submitted or approved since: they stay.",
            left,
        )
        return UndoReport(removed=removed, stays=(words % left,) if left else ())


def _parameters(run: Run) -> dict[str, Any]:
    companies = SellingCompany.objects.filter(is_active=True).order_by("pk")
    known = list(companies.values_list("pk", flat=True)[:2])
    user = run.batch.created_by
    return {
        "base": Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1),
        "company": known[0] if len(known) == 1 else None,
        "has_company": bool(known),
        "everybody": user is None or user.can("terms.approve") or user.can("accounts.assign_lead"),
        "users": [] if user is None else list(user.acting_user_ids()),
    }


type Versions = Sequence[AgreementVersion]


def _standing(agreements: Iterable[int]) -> dict[int, list[AgreementVersion]]:
    """The versions of agreements with what they say."""
    rows = AgreementVersion.objects.filter(agreement__in=agreements).prefetch_related(*PARTS)
    found: dict[int, list[AgreementVersion]] = {}
    for one in rows.order_by("version"):
        found.setdefault(one.agreement_id, []).append(one)
    return found


def _judge(
    row: Wanted, told: dict[tuple[Any, ...], Wanted], versions: Versions
) -> tuple[str, str | None]:
    """What becomes of a row: made (`c`), known already (`n`), or why it is refused."""
    problem = row.problem
    if problem is None and row.last is not None and row.last < row.start:
        problem = "terms ends early"
    if problem:
        return "", problem
    first = told.setdefault(row.key, row)
    if first is not row:
        return ("n", None) if first.said == row.said else ("", "same key, other content")
    if any(_says(one, row) for one in versions):
        return "n", None
    return "c", _in_the_way(row, versions)


def _in_the_way(row: Wanted, versions: Versions) -> str | None:
    if any(one.state in OPEN for one in versions):
        return "terms draft stands"
    if any(one.valid.lower >= row.start for one in versions):
        return "terms later version"
    before = _before(row, versions)
    if before and before.state != VersionState.ACTIVE:
        return "terms later version"
    return "terms says more" if before and _only_term(before) is None else None


def _says(version: AgreementVersion, row: Wanted) -> bool:
    """Whether a version says the same already, on the row's first day and as long."""
    term, header = _only_term(version), row.header
    if term is None or version.valid.upper != header.end or version.valid.lower > header.start:
        return False
    if version.state in OPEN and version.valid.lower != header.start:
        return False
    return _payment(term_draft_of(term)) == _payment(term_of(row.terms))


def _payment(draft: TermDraft) -> dict[str, Any]:
    names = ("base_event", "lines", "discount_percent", "discount_days")
    return {name: getattr(draft, name) for name in names}


def _only_term(version: AgreementVersion) -> SettlementTerm | None:
    """The one term of a version that says nothing but an outright purchase of all goods."""
    terms: list[SettlementTerm] = list(version.terms.all())
    if len(terms) != 1 or terms[0].category_id or terms[0].preset not in OUTRIGHT:
        return None
    return terms[0]


def _before(row: Wanted, versions: Versions) -> AgreementVersion | None:
    """The approved version that holds on the row's first day."""
    return next((one for one in versions if one.covers(row.start)), None)


def _open(row: Wanted, by: User | None) -> TradingAgreement:
    number, again = row.number or f"PT-{row.account_id}", 1
    taken = TradingAgreement.objects.filter(selling_company=row.company_id)
    while not row.number and taken.filter(number=number).exists():
        again += 1
        number = f"PT-{row.account_id}-{again}"
    return create_agreement(
        account=Account.objects.get(pk=row.account_id),
        selling_company=SellingCompany.objects.get(pk=row.company_id),
        number=number,
        name=row.name or gettext("Payment terms"),
        currency=row.currency,
        by=by,
    )


def _write(agreement: TradingAgreement, row: Wanted, by: User | None) -> AgreementVersion:
    """The row's draft: all that the version before says, paid as the row says."""
    before = _before(row, _standing([agreement.pk]).get(agreement.pk, ()))
    header, wanted = row.header, term_of(row.terms)
    if before is not None:
        header = replace(header, notice_days=before.notice_days, note=before.note)
    version = draft_version(agreement=agreement, header=header, by=by, copy_of=before)
    term = version.terms.first()
    if term is not None:
        paid = {"preset": wanted.preset, **_payment(wanted)}
        wanted = replace(term_draft_of(term), **paid)
    save_term(version=version, draft=wanted, by=by, term=term)
    return version
