"""What the database itself keeps true about prices, units and codes."""

import pgtrigger


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def unit_known(name: str, *, of_account: bool) -> list[pgtrigger.Trigger]:
    """Refuse a row in a unit that the product does not have on each of the row's days.

    A share lock on the units keeps them from changing until this row is committed.
    """
    whose = (
        "(u.account_id IS NULL OR u.account_id = ANY("
        "SELECT unnest(a.path) FROM accounts_account a WHERE a.id = NEW.account_id))"
        if of_account
        else "u.account_id IS NULL"
    )
    units = (
        "settlements_productunit u WHERE u.product_id = NEW.product_id AND u.code = NEW.unit"
        f" AND u.valid && NEW.valid AND {whose}"
    )
    columns = ("product_id", "unit", "valid", *(("account_id",) if of_account else ()))
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),  # type: ignore[no-untyped-call]
            condition=pgtrigger.Condition("NEW.unit <> ''"),
            func=f"""
    PERFORM 1 FROM {units} FOR SHARE OF u;
    IF NOT COALESCE((SELECT range_agg(u.valid) @> NEW.valid FROM {units}), false) THEN
        {_refuse(name, "the product is not sold in this unit on each of these days")}
    END IF;
    RETURN NEW;""",
        )
    ]


_BY_ACCOUNT = " JOIN accounts_account a ON a.id = r.account_id"
_USERS = (
    (
        "accountprice",
        _BY_ACCOUNT,
        " OR OLD.account_id = ANY(a.path)",
        " OR u.account_id = ANY(a.path)",
    ),
    (
        "accountproductcode",
        _BY_ACCOUNT,
        " OR OLD.account_id = ANY(a.path)",
        " OR u.account_id = ANY(a.path)",
    ),
    ("listprice", "", "", ""),
    ("floorprice", "", "", ""),
)


def _used_where(extra: str) -> str:
    """Whether a row that uses the unit fulfils a condition (`%s` is its account's units)."""
    return " OR ".join(
        f"""EXISTS (SELECT 1 FROM settlements_{table} r{join}
        WHERE r.product_id = OLD.product_id AND r.unit = OLD.code AND r.valid && OLD.valid
          AND (OLD.account_id IS NULL{own}){extra.replace("%s", units)})"""
        for table, join, own, units in _USERS
    )


_UNCOVERED = """ AND NOT COALESCE((
            SELECT range_agg(u.valid) @> r.valid FROM settlements_productunit u
            WHERE u.product_id = r.product_id AND u.code = r.unit
              AND (u.account_id IS NULL%s)), false)"""
_IN_USE = "product_unit_in_use"

UNIT = [
    pgtrigger.Trigger(
        name=_IN_USE,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "((OLD.product_id, OLD.code, OLD.numerator, OLD.denominator)"
            " IS DISTINCT FROM (NEW.product_id, NEW.code, NEW.numerator, NEW.denominator))"
        ),
        func=f"""
    IF {_used_where("")} THEN
        {_refuse(_IN_USE, "prices or codes use this unit: end it and begin another")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="product_unit_covers_its_use",
        when=pgtrigger.After,
        operation=pgtrigger.Delete | pgtrigger.UpdateOf("valid", "account_id"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        func=f"""
    IF {_used_where(_UNCOVERED)} THEN
        {_refuse(_IN_USE, "prices or codes use this unit on days that it no longer has")}
    END IF;
    RETURN NULL;""",
    ),
]

_WHOLE = "account_price_has_a_price"


def _has_breaks(row: str, key: str) -> str:
    return f"""
    IF EXISTS (SELECT 1 FROM settlements_accountprice p WHERE p.id = {row}.{key})
        AND NOT EXISTS (SELECT 1 FROM settlements_pricebreak b WHERE b.price_id = {row}.{key}) THEN
        {_refuse(_WHOLE, "a price needs an amount from some quantity on")}
    END IF;
    RETURN NULL;"""


PRICE = [
    *unit_known("account_price_unit_known", of_account=True),
    pgtrigger.Trigger(
        name=_WHOLE,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=_has_breaks("NEW", "id"),
    ),
]
BREAK = [
    pgtrigger.Trigger(
        name="account_price_keeps_a_price",
        when=pgtrigger.After,
        operation=pgtrigger.Delete | pgtrigger.UpdateOf("price_id"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        func=_has_breaks("OLD", "price_id"),
    ),
]
