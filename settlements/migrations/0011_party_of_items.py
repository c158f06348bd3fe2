"""One index less on documents: who pays is found by their items, which repeat it."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

moves = import_module("settlements.migrations.0005_account_moves")

_START = moves.MOVE.split("CREATE TRIGGER")[0]
_BY_PARTY = """    UPDATE settlements_document SET party_id = NEW.to_account_id
        WHERE party_id = NEW.from_account_id;
"""
_BY_ITEMS = """    UPDATE settlements_document SET party_id = NEW.to_account_id
        WHERE id IN (SELECT document_id FROM settlements_ledgeritem
                     WHERE party_id = NEW.from_account_id);
"""
if _BY_PARTY not in _START:
    raise ValueError(_BY_PARTY)
BEFORE = _START.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
AFTER = BEFORE.replace(_BY_PARTY, _BY_ITEMS)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_tier_presets"),
        ("settlements", "0010_locks_where_needed"),
    ]

    operations = [
        migrations.RunSQL(AFTER, BEFORE),
        migrations.AlterField(
            model_name="document",
            name="party",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="party_documents",
                to="accounts.account",
                verbose_name="payer",
            ),
        ),
    ]
