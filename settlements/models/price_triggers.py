"""What the database itself keeps true about prices, units and codes."""

import pgtrigger


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def unit_known(name: str, *, of_account: bool) -> list[pgtrigger.Trigger]:
    """Refuse a row in a unit that the product does not have on the row's first day.

    A share lock on the unit keeps it from changing until this row is committed.
    """
    whose = (
        "(u.account_id IS NULL OR u.account_id = ANY("
        "SELECT unnest(a.path) FROM accounts_account a WHERE a.id = NEW.account_id))"
        if of_account
        else "u.account_id IS NULL"
    )
    columns = ("product_id", "unit", "valid", *(("account_id",) if of_account else ()))
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),
            condition=pgtrigger.Condition("NEW.unit <> ''"),
            func=f"""
    PERFORM 1 FROM settlements_productunit u
    WHERE u.product_id = NEW.product_id AND u.code = NEW.unit AND u.valid @> lower(NEW.valid)
      AND {whose} FOR SHARE OF u;
    IF NOT FOUND THEN
        {_refuse(name, "the product is not sold in this unit on that day")}
    END IF;
    RETURN NEW;""",
        )
    ]


_USED = " OR ".join(
    f"""EXISTS (SELECT 1 FROM settlements_{table} r{join}
        WHERE r.product_id = OLD.product_id AND r.unit = OLD.code AND r.valid && OLD.valid
          AND (OLD.account_id IS NULL{own}))"""
    for table, join, own in (
        (
            "accountprice",
            " JOIN accounts_account a ON a.id = r.account_id",
            " OR OLD.account_id = ANY(a.path)",
        ),
        (
            "accountproductcode",
            " JOIN accounts_account a ON a.id = r.account_id",
            " OR OLD.account_id = ANY(a.path)",
        ),
        ("listprice", "", ""),
        ("floorprice", "", ""),
    )
)

UNIT = [
    pgtrigger.Trigger(
        name="product_unit_in_use",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF TG_OP = 'UPDATE' AND (OLD.product_id, OLD.code, OLD.numerator, OLD.denominator,
            lower(OLD.valid)) = (NEW.product_id, NEW.code, NEW.numerator, NEW.denominator,
            lower(NEW.valid)) THEN
        RETURN NEW;
    END IF;
    IF {_USED} THEN
        {_refuse("product_unit_in_use", "prices or codes use this unit: give it an end instead")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
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
        operation=pgtrigger.Delete | pgtrigger.UpdateOf("price_id"),
        timing=pgtrigger.Deferred,
        func=_has_breaks("OLD", "price_id"),
    ),
]
