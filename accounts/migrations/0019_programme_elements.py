"""A new installation begins with these elements; `accounts.services.programmes` names the same."""

from django.db import migrations

ELEMENTS = [
    ("volume-discount", "Volume discount", True),
    ("rebate", "Rebate", True),
    ("priority-ordering", "Priority ordering", False),
    ("dedicated-ordering", "Dedicated access to ordering", False),
    ("private-label", "Private label or customised product", False),
    ("own-units", "Own units of sale", False),
    ("guarantees", "Guarantees", False),
    ("maintenance", "Maintenance and repair", False),
    ("information", "Information and reports", False),
    ("service", "Service", False),
    ("one-contact", "One administrative contact", False),
    ("integrated-delivery", "Integrated delivery", False),
    ("fulfilment", "Fulfilment", False),
    ("reorder-points", "Re-order points", False),
    ("stock-invoicing", "Stock and invoicing", False),
    ("joint-teams", "Joint teams", False),
    ("service-levels", "Service levels", False),
]


def write(apps, _editor):
    element = apps.get_model("accounts", "ProgrammeElement")
    element.objects.bulk_create(
        element(code=code, name=name, is_price=is_price, place=10 * place)
        for place, (code, name, is_price) in enumerate(ELEMENTS, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_placement_undo")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop, elidable=True)]
