"""Accounts say since when they are insolvent; revenue in base currency always has its rate."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# A base amount beside no rate passed the old constraint: comparing null refuses nothing.
NO_BASE_WITHOUT_RATE = """
UPDATE accounts_revenueentry SET base_amount = NULL WHERE rate IS NULL AND base_amount IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_followups"),
        ("core", "0005_removals_in_history"),
        ("imports", "0003_job_run"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NO_BASE_WITHOUT_RATE, migrations.RunSQL.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name="account",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="account",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="account",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="revenueentry",
            name="revenue_entry_base_has_a_rate",
        ),
        migrations.AddField(
            model_name="account",
            name="insolvent_since",
            field=models.DateField(blank=True, null=True, verbose_name="insolvent since"),
        ),
        migrations.AddField(
            model_name="accountevent",
            name="insolvent_since",
            field=models.DateField(blank=True, null=True, verbose_name="insolvent since"),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("insolvent_since__isnull", False)),
                fields=["insolvent_since"],
                name="account_insolvent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("channel", "country", "created_at", "currency_id", "id", "industry", "insolvent_since", "kind", "merged_into_id", "name", "name_key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "status") SELECT new_values."channel", new_values."country", new_values."created_at", new_values."currency_id", new_values."id", new_values."industry", new_values."insolvent_since", new_values."kind", new_values."merged_into_id", new_values."name", new_values."name_key", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."region", new_values."status" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="4c619b1347a036438f4500450e16afd23ba210ae",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8b982",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="accounts_account",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("channel", "country", "created_at", "currency_id", "id", "industry", "insolvent_since", "kind", "merged_into_id", "name", "name_key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "status") SELECT new_values."channel", new_values."country", new_values."created_at", new_values."currency_id", new_values."id", new_values."industry", new_values."insolvent_since", new_values."kind", new_values."merged_into_id", new_values."name", new_values."name_key", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."region", new_values."status" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."channel" IS DISTINCT FROM (new_values."channel") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."currency_id" IS DISTINCT FROM (new_values."currency_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."industry" IS DISTINCT FROM (new_values."industry") OR old_values."insolvent_since" IS DISTINCT FROM (new_values."insolvent_since") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."merged_into_id" IS DISTINCT FROM (new_values."merged_into_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."name_key" IS DISTINCT FROM (new_values."name_key") OR old_values."region" IS DISTINCT FROM (new_values."region") OR old_values."status" IS DISTINCT FROM (new_values."status")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d4d1d706831bf44958c402446f5ae7a2ecfe7a43",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_834ae",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="accounts_account",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("channel", "country", "created_at", "currency_id", "id", "industry", "insolvent_since", "kind", "merged_into_id", "name", "name_key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "status") SELECT old_values."channel", old_values."country", old_values."created_at", old_values."currency_id", old_values."id", old_values."industry", old_values."insolvent_since", old_values."kind", old_values."merged_into_id", old_values."name", old_values."name_key", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."region", old_values."status" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="0d352444784408698a276ef9781ddf73dcd40f97",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f7f6a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="accounts_account",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="revenueentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("base_amount__isnull", True), ("rate__isnull", True)),
                    models.Q(
                        ("base_amount__isnull", False), ("rate__gt", 0), ("rate__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="revenue_entry_base_has_a_rate",
            ),
        ),
    ]
