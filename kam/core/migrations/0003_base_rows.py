from django.db import migrations

from kam.core.setup import ensure_base_rows


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, _editor: ensure_base_rows(apps), migrations.RunPython.noop
        ),
    ]
