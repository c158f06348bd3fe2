"""Claims of customers: a kind of document whose items stand on the credit side."""

from importlib import import_module

from django.db import migrations, models

ITEMS: str = import_module("settlements.migrations.0009_fewer_passes").ITEMS
_BEFORE = "d.kind IN ('credit_note', 'receipt')"
_NOW = "d.kind IN ('credit_note', 'claim', 'receipt')"
KINDS = [
    ("invoice", "Invoice"),
    ("credit_note", "Credit note"),
    ("debit_note", "Debit note"),
    ("claim", "Customer’s claim"),
    ("receipt", "Receipt"),
    ("refund", "Refund"),
    ("write_off", "Write-off"),
    ("opening", "Opening balance"),
]


def _kind() -> models.CharField:
    return models.CharField(choices=KINDS, max_length=12, verbose_name="kind")


class Migration(migrations.Migration):
    dependencies = [("settlements", "0014_reports_and_consignment")]

    operations = [
        migrations.RemoveConstraint(model_name="document", name="document_kind_known"),
        migrations.AlterField(model_name="document", name="kind", field=_kind()),
        migrations.AlterField(model_name="ledgeritem", name="kind", field=_kind()),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[value for value, _label in KINDS]),
                name="document_kind_known",
            ),
        ),
        migrations.RunSQL(ITEMS.replace(_BEFORE, _NOW), ITEMS),
    ]
