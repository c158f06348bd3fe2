"""Lines of statements are found by their statement and place; most name no store or condition."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlements", "0023_coupons_and_payment_media"),
    ]

    operations = [
        migrations.AlterField(
            model_name="statementline",
            name="condition",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statement_lines",
                to="settlements.tradecondition",
                verbose_name="condition",
            ),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="settlements.settlementstatement",
            ),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="store",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
                verbose_name="store",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("store__isnull", False)),
                fields=["store"],
                name="line_store",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("condition__isnull", False)),
                fields=["condition"],
                name="statement_line_condition",
            ),
        ),
    ]
