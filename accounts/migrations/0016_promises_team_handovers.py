import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_placements'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_on', models.DateField(verbose_name='first day of the new lead')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='why, and what matters')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='confirmed')),
                ('pack', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='pack')),
                ('pack_hash', models.CharField(max_length=64, verbose_name='hash')),
                ('acknowledged_at', models.DateTimeField(editable=False, null=True, verbose_name='acknowledged')),
                ('acknowledged_note', models.TextField(blank=True, max_length=2000, verbose_name='note of the new lead')),
            ],
            options={
                'verbose_name': 'handover',
                'verbose_name_plural': 'handovers',
                'ordering': ['-effective_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='HandoverEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('effective_on', models.DateField(verbose_name='first day of the new lead')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='why, and what matters')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='confirmed')),
                ('pack', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='pack')),
                ('pack_hash', models.CharField(max_length=64, verbose_name='hash')),
                ('acknowledged_at', models.DateTimeField(editable=False, null=True, verbose_name='acknowledged')),
                ('acknowledged_note', models.TextField(blank=True, max_length=2000, verbose_name='note of the new lead')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Promise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('side', models.CharField(choices=[('ours', 'We promised'), ('theirs', 'They promised')], max_length=6, verbose_name='who promised')),
                ('what', models.CharField(max_length=300, verbose_name='what was promised')),
                ('made_on', models.DateField(verbose_name='promised on')),
                ('due_on', models.DateField(verbose_name='due')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='evidence or note')),
                ('outcome', models.CharField(choices=[('open', 'Open'), ('kept', 'Kept'), ('kept_late', 'Kept late'), ('broken', 'Broken'), ('withdrawn', 'Withdrawn')], default='open', max_length=9, verbose_name='outcome')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='settled on')),
                ('outcome_note', models.TextField(blank=True, max_length=2000, verbose_name='what became of it')),
                ('missed_on', models.DateField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'promise',
                'verbose_name_plural': 'promises',
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PromiseEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('side', models.CharField(choices=[('ours', 'We promised'), ('theirs', 'They promised')], max_length=6, verbose_name='who promised')),
                ('what', models.CharField(max_length=300, verbose_name='what was promised')),
                ('made_on', models.DateField(verbose_name='promised on')),
                ('due_on', models.DateField(verbose_name='due')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='evidence or note')),
                ('outcome', models.CharField(choices=[('open', 'Open'), ('kept', 'Kept'), ('kept_late', 'Kept late'), ('broken', 'Broken'), ('withdrawn', 'Withdrawn')], default='open', max_length=9, verbose_name='outcome')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='settled on')),
                ('outcome_note', models.TextField(blank=True, max_length=2000, verbose_name='what became of it')),
                ('missed_on', models.DateField(editable=False, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PromiseMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_day', models.DateField(verbose_name='due before')),
                ('to_day', models.DateField(verbose_name='due now')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('moved_on', models.DateField(verbose_name='agreed on')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'new day of a promise',
                'verbose_name_plural': 'new days of promises',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='RequestComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='comment')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='written')),
            ],
            options={
                'verbose_name': 'comment on a request',
                'verbose_name_plural': 'comments on requests',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('function', models.CharField(choices=[('customer_service', 'Customer service'), ('shipping', 'Shipping'), ('scheduling', 'Scheduling'), ('stock', 'Stock'), ('production', 'Production'), ('quality', 'Quality'), ('research', 'Research and development'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('sales_support', 'Sales support'), ('other', 'Other function')], max_length=16, verbose_name='function')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day up to, not including, the last date.', verbose_name='period')),
            ],
            options={
                'verbose_name': 'member of an account team',
                'verbose_name_plural': 'members of account teams',
                'ordering': ['account_id', 'function', 'valid', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TeamMemberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('function', models.CharField(choices=[('customer_service', 'Customer service'), ('shipping', 'Shipping'), ('scheduling', 'Scheduling'), ('stock', 'Stock'), ('production', 'Production'), ('quality', 'Quality'), ('research', 'Research and development'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('sales_support', 'Sales support'), ('other', 'Other function')], max_length=16, verbose_name='function')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day up to, not including, the last date.', verbose_name='period')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TeamRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('function', models.CharField(choices=[('customer_service', 'Customer service'), ('shipping', 'Shipping'), ('scheduling', 'Scheduling'), ('stock', 'Stock'), ('production', 'Production'), ('quality', 'Quality'), ('research', 'Research and development'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('sales_support', 'Sales support'), ('other', 'Other function')], max_length=16, verbose_name='function')),
                ('title', models.CharField(max_length=200, verbose_name='what is asked')),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='details')),
                ('priority', models.PositiveSmallIntegerField(choices=[(1, 'High'), (2, 'Normal'), (3, 'Low')], default=2, verbose_name='priority')),
                ('sent_on', models.DateField(verbose_name='sent on')),
                ('due_on', models.DateField(verbose_name='due')),
                ('status', models.CharField(choices=[('sent', 'Sent'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='sent', max_length=9, verbose_name='status')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
            ],
            options={
                'verbose_name': 'request to the team',
                'verbose_name_plural': 'requests to the team',
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TeamRequestEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('function', models.CharField(choices=[('customer_service', 'Customer service'), ('shipping', 'Shipping'), ('scheduling', 'Scheduling'), ('stock', 'Stock'), ('production', 'Production'), ('quality', 'Quality'), ('research', 'Research and development'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('sales_support', 'Sales support'), ('other', 'Other function')], max_length=16, verbose_name='function')),
                ('title', models.CharField(max_length=200, verbose_name='what is asked')),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='details')),
                ('priority', models.PositiveSmallIntegerField(choices=[(1, 'High'), (2, 'Normal'), (3, 'Low')], default=2, verbose_name='priority')),
                ('sent_on', models.DateField(verbose_name='sent on')),
                ('due_on', models.DateField(verbose_name='due')),
                ('status', models.CharField(choices=[('sent', 'Sent'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='sent', max_length=9, verbose_name='status')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='tier',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='tier',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='tier',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='tier',
            name='required_functions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('merchandising', 'Merchandising and buying'), ('operations', 'Operations'), ('marketing', 'Marketing'), ('finance', 'Finance and payables'), ('logistics', 'Logistics and supply chain'), ('quality', 'Quality'), ('it', 'IT'), ('management', 'Management'), ('store', 'Store')], max_length=14), blank=True, help_text="Instead of the organisation's own; none chosen: those hold.", null=True, verbose_name='required functions'),
        ),
        migrations.AddField(
            model_name='tierevent',
            name='required_functions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('merchandising', 'Merchandising and buying'), ('operations', 'Operations'), ('marketing', 'Marketing'), ('finance', 'Finance and payables'), ('logistics', 'Logistics and supply chain'), ('quality', 'Quality'), ('it', 'IT'), ('management', 'Management'), ('store', 'Store')], max_length=14), blank=True, help_text="Instead of the organisation's own; none chosen: those hold.", null=True, verbose_name='required functions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_tierevent" ("answer_within_days", "code", "contribution_floor", "created_at", "id", "model_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "rank", "required_functions", "review_every_months", "threshold", "updated_at", "visit_every_days") SELECT new_values."answer_within_days", new_values."code", new_values."contribution_floor", new_values."created_at", new_values."id", new_values."model_id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."policy", new_values."rank", new_values."required_functions", new_values."review_every_months", new_values."threshold", new_values."updated_at", new_values."visit_every_days" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ef519d9d1feaf223525ccdeaca0a847538a42261', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d7d75', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_tier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_tierevent" ("answer_within_days", "code", "contribution_floor", "created_at", "id", "model_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "rank", "required_functions", "review_every_months", "threshold", "updated_at", "visit_every_days") SELECT new_values."answer_within_days", new_values."code", new_values."contribution_floor", new_values."created_at", new_values."id", new_values."model_id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."policy", new_values."rank", new_values."required_functions", new_values."review_every_months", new_values."threshold", new_values."updated_at", new_values."visit_every_days" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a2db53772176c3c72fb2a76973040747d5d36d9a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a0f18', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_tier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_tierevent" ("answer_within_days", "code", "contribution_floor", "created_at", "id", "model_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "rank", "required_functions", "review_every_months", "threshold", "updated_at", "visit_every_days") SELECT old_values."answer_within_days", old_values."code", old_values."contribution_floor", old_values."created_at", old_values."id", old_values."model_id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."policy", old_values."rank", old_values."required_functions", old_values."review_every_months", old_values."threshold", old_values."updated_at", old_values."visit_every_days" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3b9e4773fc839231eac593a887f018980118e60d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b781c', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_tier', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.CheckConstraint(condition=models.Q(('required_functions__isnull', True), models.Q(('required_functions__contained_by', ['merchandising', 'operations', 'marketing', 'finance', 'logistics', 'quality', 'it', 'management', 'store']), models.Q(('required_functions', []), _negated=True)), _connector='OR'), name='tier_functions_known', violation_error_message='There is no such function.'),
        ),
        migrations.AddField(
            model_name='handover',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='handover',
            name='from_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lead until then'),
        ),
        migrations.AddField(
            model_name='handover',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by'),
        ),
        migrations.AddField(
            model_name='handover',
            name='to_user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='new lead'),
        ),
        migrations.AddField(
            model_name='handoverevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='handoverevent',
            name='from_user',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lead until then'),
        ),
        migrations.AddField(
            model_name='handoverevent',
            name='made_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by'),
        ),
        migrations.AddField(
            model_name='handoverevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='handoverevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.handover'),
        ),
        migrations.AddField(
            model_name='handoverevent',
            name='to_user',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='new lead'),
        ),
        migrations.AddField(
            model_name='promise',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='promise',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='promise',
            name='position',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='accounts.position', verbose_name='their person'),
        ),
        migrations.AddField(
            model_name='promise',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='our colleague'),
        ),
        migrations.AddField(
            model_name='promiseevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='promiseevent',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='promiseevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='promiseevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.promise'),
        ),
        migrations.AddField(
            model_name='promiseevent',
            name='position',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.position', verbose_name='their person'),
        ),
        migrations.AddField(
            model_name='promiseevent',
            name='user',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='our colleague'),
        ),
        migrations.AddField(
            model_name='promisemove',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='moved by'),
        ),
        migrations.AddField(
            model_name='promisemove',
            name='promise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='accounts.promise', verbose_name='promise'),
        ),
        migrations.AddField(
            model_name='requestcomment',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='teammember',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_members', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='teammember',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='team_memberships', to=settings.AUTH_USER_MODEL, verbose_name='colleague'),
        ),
        migrations.AddField(
            model_name='teammemberevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='teammemberevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='teammemberevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.teammember'),
        ),
        migrations.AddField(
            model_name='teammemberevent',
            name='user',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='colleague'),
        ),
        migrations.AddField(
            model_name='teamrequest',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='team_requests', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='teamrequest',
            name='sender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='teamrequest',
            name='to_user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='to'),
        ),
        migrations.AddField(
            model_name='requestcomment',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='accounts.teamrequest', verbose_name='request'),
        ),
        migrations.AddField(
            model_name='teamrequestevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='teamrequestevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='teamrequestevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.teamrequest'),
        ),
        migrations.AddField(
            model_name='teamrequestevent',
            name='sender',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='teamrequestevent',
            name='to_user',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='to'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(condition=models.Q(('acknowledged_at__isnull', True)), fields=['to_user'], name='handover_waits'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(fields=('account', 'effective_on'), name='handover_one_a_day', violation_error_message='The account is handed over on this day already.'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('from_user__isnull', True), models.Q(('from_user', models.F('to_user')), _negated=True), _connector='OR'), name='handover_to_somebody_else', violation_error_message='This colleague leads the account already.'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('pack_hash__regex', '^[0-9a-f]{64}$')), name='handover_has_a_hash'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT (COALESCE(current_setting('kam.rewrite_ratings', true), '') = 'on') THEN\n        IF TG_OP = 'DELETE' THEN\n            RAISE EXCEPTION 'a handover stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'handover_frozen', TABLE = TG_TABLE_NAME;\n        END IF;\n        IF OLD.acknowledged_at IS NOT NULL OR\n           (to_jsonb(NEW) - 'acknowledged_at' - 'acknowledged_note')\n           <> (to_jsonb(OLD) - 'acknowledged_at' - 'acknowledged_note') THEN\n            RAISE EXCEPTION 'a handover stays as it was confirmed' USING ERRCODE = 'check_violation', CONSTRAINT = 'handover_frozen', TABLE = TG_TABLE_NAME;\n        END IF;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;", hash='7874f5108ebf48f9826775052d806d0c056e96bf', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_9dc88', table='accounts_handover', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_handoverevent" ("account_id", "acknowledged_at", "acknowledged_note", "effective_on", "from_user_id", "id", "made_at", "made_by_id", "pack", "pack_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "to_user_id") SELECT new_values."account_id", new_values."acknowledged_at", new_values."acknowledged_note", new_values."effective_on", new_values."from_user_id", new_values."id", new_values."made_at", new_values."made_by_id", new_values."pack", new_values."pack_hash", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."to_user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a5021bdc5a87bf5dd32bafa905fc4d08e1dcc863', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e2d53', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_handover', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_handoverevent" ("account_id", "acknowledged_at", "acknowledged_note", "effective_on", "from_user_id", "id", "made_at", "made_by_id", "pack", "pack_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "to_user_id") SELECT new_values."account_id", new_values."acknowledged_at", new_values."acknowledged_note", new_values."effective_on", new_values."from_user_id", new_values."id", new_values."made_at", new_values."made_by_id", new_values."pack", new_values."pack_hash", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."to_user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0aedea875fef429da8847df4f9aa333bc7f815db', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d9816', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_handover', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_handoverevent" ("account_id", "acknowledged_at", "acknowledged_note", "effective_on", "from_user_id", "id", "made_at", "made_by_id", "pack", "pack_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "to_user_id") SELECT old_values."account_id", old_values."acknowledged_at", old_values."acknowledged_note", old_values."effective_on", old_values."from_user_id", old_values."id", old_values."made_at", old_values."made_by_id", old_values."pack", old_values."pack_hash", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."to_user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='03924ced0ae0fe04856014e6608caa766a53865c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_fb0c6', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_handover', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='handoverevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bbb53f50e724e06b1cfc31a3e515099c3a277459', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_132f1', table='accounts_handoverevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(condition=models.Q(('outcome', 'open')), fields=['user', 'due_on'], name='promise_open'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(fields=['account', 'outcome', 'due_on'], name='promise_account'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(fields=['updated_at', 'id'], name='promise_updated'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='promise_says_what', violation_error_message='Say what was promised.'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ['ours', 'theirs'])), name='promise_side_known'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(('side', 'ours'), ('position__isnull', False), _connector='OR'), name='promise_of_theirs_says_whose', violation_error_message='Say who of theirs promised it.'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('made_on'))), name='promise_due_after_it_was_made', violation_error_message='It is due before it was promised.'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'open'), ('settled_on__isnull', True)), models.Q(('outcome__in', ['kept', 'kept_late', 'broken', 'withdrawn']), ('settled_on__isnull', False), ('settled_on__gte', models.F('made_on'))), _connector='OR'), name='promise_settled_says_when', violation_error_message='It is settled on a day after it was promised.'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'kept'), _negated=True), models.Q(('missed_on__isnull', True), ('settled_on__lte', models.F('due_on'))), _connector='OR'), name='promise_kept_in_time', violation_error_message='It was kept after the day agreed: that is late.'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['broken', 'withdrawn']), _negated=True), models.Q(('outcome_note', ''), _negated=True), _connector='OR'), name='promise_not_kept_says_why', violation_error_message='Say why it was not kept.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='promise',
            trigger=pgtrigger.compiler.Trigger(name='within_a_customer', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."position_id" IS NOT NULL)', func="\n    IF NOT (COALESCE(current_setting('kam.rewrite_ratings', true), '') = 'on') AND NOT EXISTS (\n        SELECT 1 FROM accounts_position p JOIN accounts_account a ON a.id = p.account_id\n        JOIN accounts_account b ON b.id = NEW.account_id\n        WHERE p.id = NEW.position_id AND p.person_id IS NOT NULL\n          AND (a.id = b.id OR a.current_group_id = b.current_group_id)\n    ) THEN\n        RAISE EXCEPTION 'a promise of somebody at another customer' USING ERRCODE = 'check_violation', CONSTRAINT = 'promise_within_a_customer', TABLE = TG_TABLE_NAME;\n    END IF;\n    RETURN NULL;", hash='d84b19d5912c39575b6265f65d1f154fe952c5e7', operation='INSERT OR UPDATE OF "position_id", "account_id"', pgid='pgtrigger_within_a_customer_7d3ba', table='accounts_promise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='promise',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_promiseevent" ("account_id", "author_id", "created_at", "due_on", "id", "made_on", "missed_on", "note", "outcome", "outcome_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_id", "settled_on", "side", "updated_at", "user_id", "what") SELECT new_values."account_id", new_values."author_id", new_values."created_at", new_values."due_on", new_values."id", new_values."made_on", new_values."missed_on", new_values."note", new_values."outcome", new_values."outcome_note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position_id", new_values."settled_on", new_values."side", new_values."updated_at", new_values."user_id", new_values."what" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e83c6930b679f0facf32f33c9294da8c4ca708fc', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c56e3', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_promise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='promise',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_promiseevent" ("account_id", "author_id", "created_at", "due_on", "id", "made_on", "missed_on", "note", "outcome", "outcome_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_id", "settled_on", "side", "updated_at", "user_id", "what") SELECT new_values."account_id", new_values."author_id", new_values."created_at", new_values."due_on", new_values."id", new_values."made_on", new_values."missed_on", new_values."note", new_values."outcome", new_values."outcome_note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position_id", new_values."settled_on", new_values."side", new_values."updated_at", new_values."user_id", new_values."what" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='792944257edd270dc4d83fb0097ef7bf17af59c5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5d75f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_promise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='promise',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_promiseevent" ("account_id", "author_id", "created_at", "due_on", "id", "made_on", "missed_on", "note", "outcome", "outcome_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_id", "settled_on", "side", "updated_at", "user_id", "what") SELECT old_values."account_id", old_values."author_id", old_values."created_at", old_values."due_on", old_values."id", old_values."made_on", old_values."missed_on", old_values."note", old_values."outcome", old_values."outcome_note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position_id", old_values."settled_on", old_values."side", old_values."updated_at", old_values."user_id", old_values."what" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='ea257dc3dcbf012cfa2521136920add3fc0cd32c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_fda31', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_promise', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='promiseevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='56e736c3f28c4c229c5568095dea07582f204285', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4abbd', table='accounts_promiseevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='promisemove',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='promise_move_says_why', violation_error_message='Say why another day was agreed.'),
        ),
        migrations.AddConstraint(
            model_name='promisemove',
            constraint=models.CheckConstraint(condition=models.Q(('from_day', models.F('to_day')), _negated=True), name='promise_move_changes_the_day', violation_error_message='This is the day it is due already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='promisemove',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT (COALESCE(current_setting('kam.rewrite_ratings', true), '') = 'on') THEN\n        RAISE EXCEPTION 'new days of promises are append-only' USING ERRCODE = 'check_violation', CONSTRAINT = 'promise_move_append_only', TABLE = TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;", hash='72df74cf1c05f3e2d9bcdf2c1d76db9027e2336f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dc698', table='accounts_promisemove', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='teammember',
            index=models.Index(fields=['user'], name='team_member_user'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('account', '='), ('user', '='), ('function', '='), ('valid', '&&')], name='team_member_once_at_a_date', violation_error_message='This colleague stands for this function in that period already.'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='team_member_period_not_empty', violation_error_message='The period ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.CheckConstraint(condition=models.Q(('function__in', ['customer_service', 'shipping', 'scheduling', 'stock', 'production', 'quality', 'research', 'marketing', 'finance', 'sales_support', 'other'])), name='team_member_function_known', violation_error_message='There is no such function.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teammember',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_teammemberevent" ("account_id", "created_at", "function", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "user_id", "valid") SELECT new_values."account_id", new_values."created_at", new_values."function", new_values."id", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."updated_at", new_values."user_id", new_values."valid" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='430a0a3029d8a385cb62f68d0c007675413cfb66', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_25c3d', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_teammember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teammember',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_teammemberevent" ("account_id", "created_at", "function", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "user_id", "valid") SELECT new_values."account_id", new_values."created_at", new_values."function", new_values."id", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."updated_at", new_values."user_id", new_values."valid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='32bcebd867c54b3a8d6e9f74dadc54b778b4955b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ae202', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_teammember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teammember',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_teammemberevent" ("account_id", "created_at", "function", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "user_id", "valid") SELECT old_values."account_id", old_values."created_at", old_values."function", old_values."id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."updated_at", old_values."user_id", old_values."valid" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4b3ff03c578033d41af28a2cbf1c358bf56af85e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a88ab', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_teammember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teammemberevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b7ecbf48489d1f9c9e93ab25d3ea21fc7979126a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1becb', table='accounts_teammemberevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='teamrequest',
            index=models.Index(condition=models.Q(('status__in', ('sent', 'accepted'))), fields=['to_user', 'due_on'], name='team_request_open'),
        ),
        migrations.AddIndex(
            model_name='teamrequest',
            index=models.Index(fields=['sender', 'due_on'], name='team_request_sender'),
        ),
        migrations.AddIndex(
            model_name='teamrequest',
            index=models.Index(fields=['account', 'due_on'], name='team_request_account'),
        ),
        migrations.AddConstraint(
            model_name='teamrequest',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='team_request_says_what', violation_error_message='Say what is asked.'),
        ),
        migrations.AddConstraint(
            model_name='teamrequest',
            constraint=models.CheckConstraint(condition=models.Q(('function__in', ['customer_service', 'shipping', 'scheduling', 'stock', 'production', 'quality', 'research', 'marketing', 'finance', 'sales_support', 'other'])), name='team_request_function_known', violation_error_message='There is no such function.'),
        ),
        migrations.AddConstraint(
            model_name='teamrequest',
            constraint=models.CheckConstraint(condition=models.Q(('priority__in', [1, 2, 3])), name='team_request_priority_known'),
        ),
        migrations.AddConstraint(
            model_name='teamrequest',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('sent_on'))), name='team_request_due_after_it_was_sent', violation_error_message='It is due before it was sent.'),
        ),
        migrations.AddConstraint(
            model_name='teamrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('status__in', ('sent', 'accepted'))), models.Q(('closed_on__isnull', False), ('status__in', ['declined', 'done', 'cancelled'])), _connector='OR'), name='team_request_closed_says_when'),
        ),
        migrations.AddConstraint(
            model_name='teamrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['declined', 'done']), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='team_request_answered_in_words', violation_error_message='Say why, or what came of it.'),
        ),
        migrations.AddConstraint(
            model_name='teamrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'accepted'), _negated=True), ('to_user__isnull', False), _connector='OR'), name='team_request_accepted_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teamrequest',
            trigger=pgtrigger.compiler.Trigger(name='moves_on', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" IS DISTINCT FROM (NEW."status"))', func="\n    IF NOT (OLD.status, NEW.status) IN (\n        ('sent', 'accepted'), ('sent', 'declined'), ('sent', 'done'), ('sent', 'cancelled'),\n        ('accepted', 'declined'), ('accepted', 'done'), ('accepted', 'cancelled')\n    ) THEN\n        RAISE EXCEPTION 'this request was closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'team_request_moves_on', TABLE = TG_TABLE_NAME;\n    END IF;\n    RETURN NEW;", hash='d873e9160acf51caa79430727338d0507f5f6098', operation='UPDATE', pgid='pgtrigger_moves_on_fd619', table='accounts_teamrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teamrequest',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_teamrequestevent" ("account_id", "answer", "closed_on", "created_at", "due_on", "function", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "sender_id", "sent_on", "status", "text", "title", "to_user_id", "updated_at") SELECT new_values."account_id", new_values."answer", new_values."closed_on", new_values."created_at", new_values."due_on", new_values."function", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."priority", new_values."sender_id", new_values."sent_on", new_values."status", new_values."text", new_values."title", new_values."to_user_id", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='195b8375fdcfbb1ae1a86d2aeff5d453e925dc9f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_dd47b', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_teamrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teamrequest',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_teamrequestevent" ("account_id", "answer", "closed_on", "created_at", "due_on", "function", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "sender_id", "sent_on", "status", "text", "title", "to_user_id", "updated_at") SELECT new_values."account_id", new_values."answer", new_values."closed_on", new_values."created_at", new_values."due_on", new_values."function", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."priority", new_values."sender_id", new_values."sent_on", new_values."status", new_values."text", new_values."title", new_values."to_user_id", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='637eded77b22faf57743c969cae3374daac0f7bb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_794f6', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_teamrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teamrequest',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_teamrequestevent" ("account_id", "answer", "closed_on", "created_at", "due_on", "function", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "sender_id", "sent_on", "status", "text", "title", "to_user_id", "updated_at") SELECT old_values."account_id", old_values."answer", old_values."closed_on", old_values."created_at", old_values."due_on", old_values."function", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."priority", old_values."sender_id", old_values."sent_on", old_values."status", old_values."text", old_values."title", old_values."to_user_id", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f6166d44b1abe095c200548b3da295a7e7cc5a05', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a5dd6', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_teamrequest', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='requestcomment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='request_comment_not_empty', violation_error_message='Write something.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='requestcomment',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT (COALESCE(current_setting('kam.rewrite_ratings', true), '') = 'on') THEN\n        RAISE EXCEPTION 'comments are append-only' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_comment_append_only', TABLE = TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;", hash='9cac5339d69301174bc314e90ca63d767438a1a8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a6072', table='accounts_requestcomment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='teamrequestevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='82a0f1f6c030766ebcdf6badd6b9bf9cca2461ad', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1db68', table='accounts_teamrequestevent', when='BEFORE')),
        ),
    ]
