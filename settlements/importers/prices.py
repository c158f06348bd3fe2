"""Prices of accounts, list and floor prices, product codes and units from files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups
from kam.core.locks import lock_names
from kam.core.models import Organisation
from kam.imports.columns import DAY_AFTER, Column, ColumnType, last_day
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run
from settlements.importers import prices_sql as sql

_PRODUCT = Column(
    name="product", label=_("Product"), required=True, max_length=100, example="P-77",
    help=_("Our code."), synonyms=("product code", "sku", "article", "item", "material"),
)  # fmt: skip
_ACCOUNT = Column(
    name="account", label=_("Account"), required=True, example="C-1042",
    help=_("External id or exact name; the price holds for all below it without an own."),
    synonyms=("customer", "customer id", "account id", "customer number"),
)  # fmt: skip
_UNIT = Column(
    name="unit", label=_("Unit"), max_length=30, example="carton",
    help=_("Empty: the product's own unit."), synonyms=("uom", "unit of measure", "pack"),
)  # fmt: skip
_CURRENCY = Column(
    name="currency", label=_("Currency"), max_length=3, example="EUR",
    help=_("Empty: the organisation's currency."), synonyms=("currency code", "cur"),
)  # fmt: skip
_FROM = Column(
    name="valid_from", label=_("From"), type=ColumnType.DATE, example="2026-01-01",
    help=_("Empty: today."), synonyms=("from", "start", "valid from", "start date"),
)  # fmt: skip
_UNTIL = Column(
    name="valid_until", label=_("Until before"), type=ColumnType.DATE, example="2027-01-01",
    help=DAY_AFTER, synonyms=("until", "end", "valid until", "valid to", "end date"),
)  # fmt: skip
_LAST = last_day("valid_until", words=_("Empty: for good."))
_GTIN = Column(
    name="gtin", label=_("GTIN (barcode)"), max_length=30, example="6400000000019",
    help=_("With all its digits: format the column as text."), synonyms=("ean", "barcode", "upc"),
)  # fmt: skip


def _price(label: Any, name: str, *synonyms: str) -> Column:
    return Column(
        name=name, label=label, type=ColumnType.NUMBER, required=True, example="12.50",
        help=_("Of one unit."), synonyms=synonyms,
    )  # fmt: skip


def _base() -> dict[str, Any]:
    return {"base": Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)}


class _Dated(Importer):
    """Rows of one table that hold for a time; those alike never share a day."""

    table: str
    same: tuple[str, ...]
    """Columns that make two rows alike."""
    content: tuple[str, ...]
    found: str
    """The resolved columns beside the key's, as SQL of a select."""
    problems: str
    joins: str = ""
    detail: str = "s.product"
    unit_of: str | None = None
    money: str = "NULL::numeric AS amount, NULL::varchar AS currency"
    found_by = ("row_id",)

    def lock(self, run: Run) -> None:
        """One file of a kind at a time."""
        lock_names(f"settlements.import.{self.table}")

    def resolve(self, run: Run) -> None:
        """Resolve what rows name, and judge periods inside the file and with what stands."""
        lookups.find_products(run)
        if any(column.name == "account" for column in self.columns):
            lookups.find_accounts(run)
        run.execute(
            sql.FOUND.format(
                columns=self.found,
                period=sql.PERIOD,
                no_period=sql.NO_PERIOD,
                problems=self.problems,
                detail=self.detail,
                joins=self.joins,
            ),
            _base(),
        )
        run.execute(sql.NAMED)
        if self.unit_of is not None:
            run.execute(sql.UNIT_PROBLEM.format(whose=self.unit_of))
        self.judge(run)

    def judge(self, run: Run) -> None:
        """Compare with the rest of the file and with what stands."""
        parts = self._parts()
        run.execute(sql.IN_FILE.format(**parts))
        run.execute(sql.STANDING.format(**parts))
        run.execute(sql.ROWS.format(**parts))

    def _parts(self) -> dict[str, str]:
        def alike(one: str, other: str) -> str:
            return " AND ".join(
                f"{self.key_of(one, name)} = {self.key_of(other, name)}" for name in self.same
            )

        values = ", ".join(f"{{0}}.{name}" for name in self.content)
        return {
            "table": self.table,
            "same": alike("o", "f"),
            "alike": alike("t", "f"),
            "key": ", ".join(self.key_of("f", name) for name in self.same),
            "differs": f"ROW({values.format('o')}, o.valid) IS DISTINCT FROM "
            f"ROW({values.format('f')}, f.valid)",
            "changed": f"ROW({values.format('t')}, t.valid) IS DISTINCT FROM "
            f"ROW({values.format('f')}, f.valid)",
            "money": self.money,
            "assignments": ", ".join(f"{name} = r.{name}" for name in self.content),
            "columns": ", ".join((*self.same, *self.content, *self.constants)),
            "values": ", ".join(
                (*(f"r.{name}" for name in (*self.same, *self.content)), *self.constants.values())
            ),
        }

    constants: dict[str, str] = {}

    def key_of(self, row: str, name: str) -> str:
        """How a column of the key is compared."""
        return f"{row}.{name}"

    def apply(self, run: Run) -> None:
        """Change rows that stand, then make the new ones."""
        parts = self._parts()
        changes.note_before(run, self.table, "SELECT row_id FROM import_rows WHERE action = 'u'")
        run.execute(sql.UPDATE.format(**parts))
        if made := run.value(sql.INSERT.format(**parts)):
            ids = ", ".join(str(int(one)) for one in made)
            written = f"SELECT id FROM {self.table} WHERE id IN ({ids})"
            changes.note_created(run, self.table, written)

    def undo(self, run: Run) -> UndoReport:
        """Remove what the batch created and put the others back."""
        changes.refuse_when_built_upon(run)
        removed = changes.remove_created(run, self.table)
        restored = changes.put_back(run, self.table)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)


_AMOUNTS = """
            WHEN x.code IS NULL THEN 'unknown currency'
            WHEN s.price < 0 THEN 'negative amount'
            WHEN s.price >= 1e14 THEN 'amount too large'"""
_BY_BASE = sql.CURRENCY.format(otherwise="%(base)s")


class _CompanyPrices(_Dated):
    capability = "prices.configure"
    has_amounts = True
    same = ("product_id", "unit", "currency_id")
    content = ("amount",)
    found = f"""i.product_id, {sql.UNIT} AS unit, x.code AS currency_id,
        CASE WHEN abs(s.price) < 1e14 THEN s.price END::numeric(18, 4) AS amount"""
    problems = sql.PRODUCT_PROBLEM + _AMOUNTS
    joins = _BY_BASE
    unit_of = ""
    money = "f.currency_id AS currency"
    constants = {"reason": "''"}
    columns = (_PRODUCT, _UNIT, _price(_("Price"), "price", "list price", "amount"), _CURRENCY,
               _FROM, _UNTIL, _LAST)  # fmt: skip


class ListPricesImporter(_CompanyPrices):
    """What the price list says."""

    key = "list_prices"
    title = _("List prices")
    summary = _("The price list: what one unit of a product costs, from when to when.")
    icon = "tag"
    order = 61
    table = "settlements_listprice"


class FloorPricesImporter(_CompanyPrices):
    """Below what nobody goes."""

    key = "floor_prices"
    title = _("Floor prices")
    summary = _("The lowest prices that are allowed, from when to when.")
    icon = "tag"
    order = 62
    table = "settlements_floorprice"


class ProductUnitsImporter(_Dated):
    """What cartons and pallets hold, for everybody or for one account."""

    key = "product_units"
    title = _("Units of products")
    summary = _("Cartons, pallets and accounts' own units: what one holds, with its GTIN.")
    icon = "package"
    order = 63
    capability = "prices.configure"
    table = "settlements_productunit"
    same = ("product_id", "account_id", "code")
    content = ("numerator", "denominator", "gtin")
    found = f"""i.product_id, a.account_id, COALESCE((SELECT u.code FROM settlements_productunit u
            WHERE u.product_id = i.product_id AND lower(u.code) = lower(s.unit) LIMIT 1), s.unit)
            AS code,
        s.holds::integer AS numerator, COALESCE(s.parts, 1)::integer AS denominator,
        {sql.SHORTEST} AS gtin"""
    problems = f"""{sql.PRODUCT_PROBLEM} {sql.ACCOUNT_PROBLEM} {sql.GTIN_PROBLEM}
            WHEN s.holds <> trunc(s.holds) OR s.parts <> trunc(s.parts) OR s.holds <= 0
                OR s.parts <= 0 THEN 'not a factor'
            WHEN lower(s.unit) = {sql.BASE_WORD} AND s.holds <> COALESCE(s.parts, 1)
                THEN 'base unit holds one'"""
    joins = sql.ACCOUNTS
    columns = (
        _PRODUCT,
        Column(name="unit", label=_("Unit"), required=True, max_length=30, example="carton",
               synonyms=("uom", "pack", "unit of measure")),
        Column(name="holds", label=_("Holds"), type=ColumnType.NUMBER, required=True, example="12",
               help=_("Of the product's own unit."), synonyms=("factor", "quantity", "numerator")),
        Column(name="parts", label=_("Divided by"), type=ColumnType.NUMBER, example="1",
               help=_("Empty: 1."), synonyms=("denominator", "divisor")),
        Column(name="account", label=_("Only for"), example="C-1042",
               help=_("An account's own unit; empty: for everybody."),
               synonyms=("customer", "customer id")),
        _GTIN, _FROM, _UNTIL, _LAST,
    )  # fmt: skip

    def key_of(self, row: str, name: str) -> str:
        """No account is the same as no account."""
        return f"COALESCE({row}.account_id, 0)" if name == "account_id" else f"{row}.{name}"

    def judge(self, run: Run) -> None:
        """A unit that is used keeps what it holds."""
        run.execute(_UNIT_IN_USE)
        super().judge(run)


_UNIT_IN_USE = """
UPDATE import_found f SET problem = 'unit in use', detail = f.code
WHERE f.problem IS NULL AND EXISTS (
    SELECT 1 FROM settlements_productunit t WHERE t.product_id = f.product_id AND t.code = f.code
      AND COALESCE(t.account_id, 0) = COALESCE(f.account_id, 0) AND lower(t.valid) = lower(f.valid)
      AND (t.numerator, t.denominator) <> (f.numerator, f.denominator)
      AND EXISTS (SELECT 1 FROM settlements_accountprice r WHERE r.product_id = t.product_id
                    AND r.unit = t.code AND r.valid && t.valid
                  UNION ALL SELECT 1 FROM settlements_listprice r
                  WHERE r.product_id = t.product_id AND r.unit = t.code AND r.valid && t.valid
                  UNION ALL SELECT 1 FROM settlements_floorprice r
                  WHERE r.product_id = t.product_id AND r.unit = t.code AND r.valid && t.valid
                  UNION ALL SELECT 1 FROM settlements_accountproductcode r
                  WHERE r.product_id = t.product_id AND r.unit = t.code AND r.valid && t.valid))
"""


class ProductCodesImporter(_Dated):
    """What accounts call our products."""

    key = "product_codes"
    title = _("Product codes of accounts")
    summary = _("What accounts call our products in orders, reports and statements.")
    icon = "barcode"
    order = 64
    table = "settlements_accountproductcode"
    same = ("account_id", "code")
    content = ("product_id", "name", "unit", "gtin")
    found = f"""a.account_id, s.code, i.product_id, COALESCE(s.name, '') AS name,
        {sql.UNIT} AS unit, {sql.SHORTEST} AS gtin"""
    problems = f"""{sql.ACCOUNT_PROBLEM} {sql.PRODUCT_PROBLEM} {sql.GTIN_PROBLEM}
            WHEN s.code {sql.SCIENTIFIC} THEN 'scientific notation'
            WHEN s.code ~ '^[1-9][0-9]*$' AND EXISTS (
                SELECT 1 FROM settlements_accountproductcode z WHERE z.account_id = a.account_id
                  AND z.product_id = i.product_id AND z.code ~ '^0+[0-9]+$'
                  AND ltrim(z.code, '0') = s.code) THEN 'leading zeros lost'"""
    joins = sql.ACCOUNTS
    detail = "COALESCE(s.gtin, s.code)"
    unit_of = sql.OF_ACCOUNT
    columns = (
        _ACCOUNT,
        Column(name="code", label=_("Their code"), required=True, max_length=60, example="004711",
               help=_("As they write it: zeros in front count."),
               synonyms=("customer sku", "their code", "customer item", "retailer sku")),
        _PRODUCT,
        Column(name="name", label=_("Their name for it"), max_length=300,
               synonyms=("description", "their name")),
        _UNIT, _GTIN, _FROM, _UNTIL, _LAST,
    )  # fmt: skip

    def key_of(self, row: str, name: str) -> str:
        """Codes are compared without regard to capitals."""
        return f"upper({row}.code)" if name == "code" else f"{row}.{name}"


class AccountPricesImporter(_Dated):
    """Prices of accounts: each row is a break; rows with one first day are one price."""

    key = "account_prices"
    title = _("Prices of accounts")
    summary = _("What accounts pay: by product, unit and period, with volume breaks.")
    icon = "tag"
    order = 60
    capability = "prices.edit"
    has_amounts = True
    found_by = ("price_id",)
    table = "settlements_accountprice"
    same = ("account_id", "product_id", "unit", "currency_id")
    content = ("amount",)
    found = f"""a.account_id, i.product_id, {sql.UNIT} AS unit, x.code AS currency_id,
        COALESCE(s.from_quantity, 0)::numeric(20, 6) AS from_quantity, s.to_quantity,
        CASE WHEN abs(s.price) < 1e14 THEN s.price END::numeric(18, 4) AS amount,
        COALESCE(s.reason_text, '') AS reason_text"""
    problems = f"""{sql.ACCOUNT_PROBLEM} {sql.PRODUCT_PROBLEM} {_AMOUNTS}
            WHEN s.from_quantity < 0 THEN 'negative amount'"""
    joins = sql.ACCOUNTS + " " + _BY_BASE
    detail = "COALESCE(s.product, s.account)"
    unit_of = sql.OF_ACCOUNT
    columns = (
        _ACCOUNT, _PRODUCT, _UNIT,
        Column(name="from_quantity", label=_("From quantity"), type=ColumnType.NUMBER,
               example="100", help=_("Empty: from the first one on."),
               synonyms=("from qty", "min quantity", "minimum", "scale quantity")),
        Column(name="to_quantity", label=_("Below quantity"), type=ColumnType.NUMBER,
               help=_("Where the next price begins; only to find gaps."),
               synonyms=("to quantity", "to qty", "max quantity")),
        _price(_("Price"), "price", "net price", "unit price", "amount"),
        _CURRENCY, _FROM, _UNTIL, _LAST,
        Column(name="reason_text", label=_("Reason"), max_length=500, synonyms=("reason", "note")),
    )  # fmt: skip

    def judge(self, run: Run) -> None:
        """Judge breaks within a price, then periods of whole prices."""
        parts = self._parts() | {"differs": "false"}
        run.execute(sql.BREAKS)
        run.execute(sql.IN_FILE.format(**parts))
        run.execute(sql.STANDING.format(**parts))
        run.execute(sql.WHOLE)
        run.execute(sql.PRICE_ROWS)

    def apply(self, run: Run) -> None:
        """Change prices that stand with their breaks, then make the new ones."""
        touched = "SELECT price_id FROM import_rows WHERE action = 'u'"
        changes.note_before(run, self.table, touched)
        changes.note_before(run, _STEPS, f"SELECT id FROM {_STEPS} WHERE price_id IN ({touched})")
        run.execute(sql.DROP_BREAKS)
        run.execute(sql.PRICE_UPDATE)
        run.execute(sql.PRICE_INSERT)
        run.execute(sql.BREAK_INSERT)
        changes.note_created(run, self.table, "SELECT price_id FROM import_rows WHERE action = 'c'")
        written = "SELECT price_id FROM import_rows WHERE action IN ('c', 'u')"
        changes.note_created(run, _STEPS, f"SELECT id FROM {_STEPS} WHERE price_id IN ({written})")

    def undo(self, run: Run) -> UndoReport:
        """Remove prices that the batch created and put the others back with their breaks."""
        changes.refuse_when_built_upon(run)
        changes.remove_created(run, _STEPS)
        removed = changes.remove_created(run, self.table)
        restored = changes.put_back(run, self.table)
        changes.put_back(run, _STEPS)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)


_STEPS = "settlements_pricebreak"
IMPORTERS = (
    AccountPricesImporter,
    ListPricesImporter,
    FloorPricesImporter,
    ProductUnitsImporter,
    ProductCodesImporter,
)
REASONS = {
    "ends before it begins": _("The period ends before it begins"),
    "unknown unit": _("The product is not sold in this unit on each of these days"),
    "scientific notation": _("A spreadsheet wrote the number as 6.4E+12 and lost digits"),
    "leading zeros lost": _("It stands here with zeros in front: they were lost in the file"),
    "not a gtin": _("A GTIN has digits only"),
    "gtin length": _("A GTIN has 8, 12, 13 or 14 digits: zeros in front may be lost"),
    "gtin check digit": _("The last digit of the GTIN does not fit the others"),
    "overlap in file": _("Another row of the file holds on some of these days"),
    "overlap with what stands": _("What stands holds on some of these days"),
    "same quantity twice": _("A price has two rows from this quantity on"),
    "other end in the same price": _("Rows of one price end on different days"),
    "breaks overlap": _("The next row of this price begins before this one ends"),
    "gap between breaks": _("Between this row and the next one quantities have no price"),
    "part of a rejected price": _("Another row of the same price is rejected"),
    "not a factor": _("What a unit holds is a whole number above zero"),
    "base unit holds one": _("This is the product's own unit: it holds one"),
    "unit in use": _("Prices or codes use this unit: what it holds stays"),
}
