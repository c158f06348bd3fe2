"""What the database itself keeps true about people, their lines and their ratings."""

import pgtrigger

# On while people or accounts are merged, or an import is undone: ratings follow, and lines may
# span two trees until they are one.
REWRITE_SETTING = "kam.rewrite_ratings"
_REWRITES = f"(COALESCE(current_setting('{REWRITE_SETTING}', true), '') = 'on')"
_LOCK = "PERFORM pg_advisory_xact_lock(7037293, 1);"


def _changed(*columns: str) -> pgtrigger.UpdateOf:
    """After a statement that names one of the columns."""
    return pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]


def _refuse(words: str, constraint: str, table: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', "
        f"CONSTRAINT = '{constraint}', TABLE = '{table}';"
    )


POSITION = [
    pgtrigger.Trigger(
        name="reporting_line",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | _changed("reports_to_id"),
        condition=pgtrigger.Q(new__reports_to__isnull=False),
        func=f"""
        -- One line at a time, so that two cannot close a circle that neither of them sees.
        {_LOCK}
        IF EXISTS (
            WITH RECURSIVE above(id) AS (
                SELECT NEW.reports_to_id
                UNION
                SELECT p.reports_to_id FROM accounts_position p JOIN above ON p.id = above.id
                WHERE p.reports_to_id IS NOT NULL
            )
            SELECT 1 FROM above WHERE id = NEW.id
        ) THEN
            {_refuse("a circle of reporting", "position_no_cycle", "accounts_position")}
        END IF;
        IF NOT {_REWRITES} AND NOT EXISTS (
            SELECT 1 FROM accounts_position p
            JOIN accounts_account theirs ON theirs.id = p.account_id
            JOIN accounts_account own ON own.id = NEW.account_id
            WHERE p.id = NEW.reports_to_id
              AND (own.id = theirs.id OR own.current_group_id = theirs.current_group_id)
        ) THEN
            {
            _refuse("a boss at another customer", "position_boss_in_the_tree", "accounts_position")
        }
        END IF;
        RETURN NULL;
        """,
    ),
    # A rating stands on the days on which its subject was at the account.
    pgtrigger.Trigger(
        name="keeps_its_ratings",
        when=pgtrigger.After,
        operation=_changed("valid", "person_id"),
        func=f"""
        IF EXISTS (
            SELECT 1 FROM accounts_stakeholderrating r WHERE r.position_id = NEW.id
              AND (NEW.person_id IS NULL OR NOT NEW.valid @> r.rated_on)
        ) THEN
            {
            _refuse(
                "a rating would stand outside", "position_holds_its_ratings", "accounts_position"
            )
        }
        END IF;
        RETURN NULL;
        """,
    ),
]

LINK = [
    pgtrigger.Trigger(
        name="within_a_tree",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | _changed("from_position_id", "to_position_id"),
        func=f"""
        IF NOT {_REWRITES} AND NOT EXISTS (
            SELECT 1 FROM accounts_position f JOIN accounts_account a ON a.id = f.account_id
            JOIN accounts_position t ON t.id = NEW.to_position_id
            JOIN accounts_account b ON b.id = t.account_id
            WHERE f.id = NEW.from_position_id
              AND (a.id = b.id OR a.current_group_id = b.current_group_id)
        ) THEN
            {
            _refuse(
                "a line to another customer",
                "stakeholder_link_in_the_tree",
                "accounts_stakeholderlink",
            )
        }
        END IF;
        RETURN NULL;
        """,
    )
]

RATING = [
    pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
        IF NOT {_REWRITES} THEN
            {_refuse("ratings are append-only", "rating_append_only", "accounts_stakeholderrating")}
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """,
    ),
    # The row lock makes a shortening of the period at the same time wait, and look again.
    pgtrigger.Trigger(
        name="at_the_account",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
        PERFORM 1 FROM accounts_position p WHERE p.id = NEW.position_id
            AND p.person_id IS NOT NULL AND p.valid @> NEW.rated_on FOR SHARE;
        IF NOT FOUND THEN
            {
            _refuse(
                "not at the account on that date",
                "rating_of_somebody_there",
                "accounts_stakeholderrating",
            )
        }
        END IF;
        RETURN NULL;
        """,
    ),
]
