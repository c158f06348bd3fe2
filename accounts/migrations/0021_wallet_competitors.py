"""The main competitor of a wallet estimate is a record: names become competitors."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from kam.core.text import search_key


def to_records(apps: Any, schema_editor: Any) -> None:
    """Join names to competitors by their folded key; a name that nobody has becomes one."""
    estimates = apps.get_model("accounts", "WalletEstimate").objects
    competitors = apps.get_model("accounts", "Competitor").objects
    names = estimates.exclude(supplied_by="").order_by("supplied_by")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kam.rewrite_wallets', 'on', true)")
        for name in names.values_list("supplied_by", flat=True).distinct():
            key = search_key(name)
            known = competitors.filter(name_key=key).order_by("merged_into", "pk")
            rival = known.filter(merged_into=None).first() or known.first()
            rival = rival or competitors.create(name=name.strip(), name_key=key[:200])
            survivor = rival.merged_into_id or rival.pk
            estimates.filter(supplied_by=name).update(competitor_id=survivor)
        cursor.execute("SELECT set_config('kam.rewrite_wallets', 'off', true)")


def to_names(apps: Any, schema_editor: Any) -> None:
    """Write the names back."""
    estimates = apps.get_model("accounts", "WalletEstimate").objects
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kam.rewrite_wallets', 'on', true)")
        for pk, name in estimates.exclude(competitor=None).values_list("pk", "competitor__name"):
            estimates.filter(pk=pk).update(supplied_by=name)
        cursor.execute("SELECT set_config('kam.rewrite_wallets', 'off', true)")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_known_checks")]
    operations = [
        migrations.AddField(
            model_name="walletestimate",
            name="competitor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wallet_estimates",
                to="accounts.competitor",
                verbose_name="main competitor",
            ),
        ),
        migrations.RunPython(to_records, to_names),
        migrations.RemoveField(model_name="walletestimate", name="supplied_by"),
    ]
