from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.models.tiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_promises_team_handovers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HealthSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="in force from")),
                (
                    "weights",
                    models.JSONField(
                        decoder=accounts.models.tiers.ExactDecoder,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="weights",
                    ),
                ),
                (
                    "limits",
                    models.JSONField(
                        blank=True,
                        decoder=accounts.models.tiers.ExactDecoder,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="caps",
                    ),
                ),
                (
                    "good_from",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(70),
                        max_digits=5,
                        verbose_name="good from",
                    ),
                ),
                (
                    "watch_from",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(50),
                        max_digits=5,
                        verbose_name="watch from",
                    ),
                ),
                (
                    "insufficient_below",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0.6"),
                        help_text="A fraction: 0.6 is 60 percent of the weight.",
                        max_digits=4,
                        verbose_name="not enough data below",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="what changed, and why"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "health settings",
                "verbose_name_plural": "health settings",
                "ordering": ["-effective_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HealthScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="period"),
                ),
                (
                    "score",
                    models.DecimalField(
                        decimal_places=4, max_digits=7, null=True, verbose_name="score"
                    ),
                ),
                (
                    "uncapped",
                    models.DecimalField(
                        decimal_places=4, max_digits=7, null=True, verbose_name="before caps"
                    ),
                ),
                (
                    "confidence",
                    models.DecimalField(decimal_places=4, max_digits=5, verbose_name="confidence"),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("good", "Good"),
                            ("watch", "Watch"),
                            ("poor", "Poor"),
                            ("insufficient", "Not enough data"),
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                (
                    "parts",
                    models.JSONField(
                        decoder=accounts.models.tiers.ExactDecoder,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                (
                    "caps",
                    models.JSONField(
                        decoder=accounts.models.tiers.ExactDecoder,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                (
                    "details",
                    models.JSONField(
                        decoder=accounts.models.tiers.ExactDecoder,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("formula_version", models.CharField(max_length=20)),
                ("scored_on", models.DateField(verbose_name="scored on")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="health_scores",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "settings",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.healthsettings",
                        verbose_name="settings",
                    ),
                ),
            ],
            options={
                "verbose_name": "health score",
                "verbose_name_plural": "health scores",
                "ordering": ["account_id", "-valid", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="healthsettings",
            index=models.Index(fields=["-effective_on", "-id"], name="health_settings_latest"),
        ),
        migrations.AddConstraint(
            model_name="healthsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("good_from__gt", models.F("watch_from")),
                    ("good_from__lte", 100),
                    ("watch_from__gt", 0),
                ),
                name="health_settings_levels_in_order",
                violation_error_message="Watch begins above 0, good above watch, and both at 100 or below.",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("insufficient_below__gt", 0), ("insufficient_below__lte", 1)),
                name="health_settings_confidence_is_a_share",
                violation_error_message="This is above 0 and not above 100 percent.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="healthsettings",
            trigger=pgtrigger.compiler.Trigger(
                name="health_settings_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="826f86a74402e3c90a1895f7a1ade5ec2ea52f85",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_health_settings_append_only_062d3",
                    table="accounts_healthsettings",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="healthsettings",
            trigger=pgtrigger.compiler.Trigger(
                name="health_settings_whole",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF jsonb_typeof(NEW.weights) <> 'object' OR EXISTS (\n        SELECT 1 FROM jsonb_each(NEW.weights) AS one(key, value)\n        WHERE NOT COALESCE((value ->> 'weight')::numeric BETWEEN 0 AND 1000\n            AND (value ->> 'days')::numeric BETWEEN 1 AND 3650, false)\n    ) THEN RAISE EXCEPTION 'a weight or its days out of range' USING ERRCODE = 'check_violation', CONSTRAINT = 'health_settings_weights_in_range', TABLE = TG_TABLE_NAME; END IF;\n    IF jsonb_typeof(NEW.limits) <> 'object' OR EXISTS (\n        SELECT 1 FROM jsonb_each_text(NEW.limits) AS one(key, value)\n        WHERE value IS NOT NULL AND NOT value::numeric BETWEEN 0 AND 100\n    ) THEN RAISE EXCEPTION 'a cap out of range' USING ERRCODE = 'check_violation', CONSTRAINT = 'health_settings_limits_in_range', TABLE = TG_TABLE_NAME; END IF;\n    IF COALESCE((SELECT sum((value ->> 'weight')::numeric) FROM jsonb_each(NEW.weights)\n                 AS one(key, value)), 0) <= 0\n    THEN RAISE EXCEPTION 'the weights sum to nothing' USING ERRCODE = 'check_violation', CONSTRAINT = 'health_settings_weights_sum_to_something', TABLE = TG_TABLE_NAME; END IF;\n    RETURN NEW;",
                    hash="110a4674dfc0d1dcdeab15c7c6179efead94b327",
                    operation="INSERT",
                    pgid="pgtrigger_health_settings_whole_74d54",
                    table="accounts_healthsettings",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="healthscore",
            index=models.Index(fields=["account", "-id"], name="health_score_of_account"),
        ),
        migrations.AddIndex(
            model_name="healthscore",
            index=models.Index(
                condition=models.Q(("valid__upper_inf", True)),
                fields=["score", "id"],
                name="health_score_now",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthscore",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("account", "="), ("valid", "&&")],
                name="health_score_one_at_a_date",
                violation_error_message="The account has another score in this period.",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthscore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("score__isnull", True), ("uncapped__isnull", True)),
                    models.Q(
                        ("score__gte", 0),
                        ("score__lte", models.F("uncapped")),
                        ("uncapped__lte", 100),
                    ),
                    _connector="OR",
                ),
                name="health_score_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                name="health_score_confidence_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["good", "watch", "poor", "insufficient"])),
                name="health_score_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthscore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score__isnull", False), ("level", "insufficient"), _connector="OR"
                ),
                name="health_score_unknown_is_grey",
            ),
        ),
    ]
