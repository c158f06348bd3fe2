import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_costs'),
        ('core', '0005_removals_in_history'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Competitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_key', models.CharField(db_index=True, editable=False, max_length=200)),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('note', models.TextField(blank=True, max_length=4000, verbose_name='note')),
            ],
            options={
                'verbose_name': 'competitor',
                'verbose_name_plural': 'competitors',
                'ordering': ['name_key', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CompetitorEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=200)),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('note', models.TextField(blank=True, max_length=4000, verbose_name='note')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CompetitorMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(choices=[('entered', 'Came in'), ('left', 'Went out'), ('launch', 'New product'), ('listing', 'Listing won'), ('delisting', 'Listing lost'), ('price', 'Price change'), ('promotion', 'Promotion'), ('people', 'People and organisation'), ('other', 'Other move')], max_length=10, verbose_name='kind')),
                ('happened_on', models.DateField(verbose_name='date')),
                ('text', models.TextField(max_length=2000, verbose_name='what happened')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='link')),
            ],
            options={
                'verbose_name': 'move of a competitor',
                'verbose_name_plural': 'moves of competitors',
                'ordering': ['-happened_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CompetitorMoveEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(choices=[('entered', 'Came in'), ('left', 'Went out'), ('launch', 'New product'), ('listing', 'Listing won'), ('delisting', 'Listing lost'), ('price', 'Price change'), ('promotion', 'Promotion'), ('people', 'People and organisation'), ('other', 'Other move')], max_length=10, verbose_name='kind')),
                ('happened_on', models.DateField(verbose_name='date')),
                ('text', models.TextField(max_length=2000, verbose_name='what happened')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='link')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CompetitorPresence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day up to, not including, the last date.', verbose_name='period')),
                ('share', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='estimated share')),
                ('share_source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('share_on', models.DateField(blank=True, null=True, verbose_name='estimated on')),
                ('confidence', models.PositiveSmallIntegerField(blank=True, choices=[(1, '1, a guess'), (2, '2, low'), (3, '3, medium'), (4, '4, high'), (5, '5, they told us')], null=True, verbose_name='confidence')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
            ],
            options={
                'verbose_name': 'presence of a competitor',
                'verbose_name_plural': 'presences of competitors',
                'ordering': ['account_id', 'competitor_id', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CompetitorPresenceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day up to, not including, the last date.', verbose_name='period')),
                ('share', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='estimated share')),
                ('share_source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('share_on', models.DateField(blank=True, null=True, verbose_name='estimated on')),
                ('confidence', models.PositiveSmallIntegerField(blank=True, choices=[(1, '1, a guess'), (2, '2, low'), (3, '3, medium'), (4, '4, high'), (5, '5, they told us')], null=True, verbose_name='confidence')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CompetitorPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('product', models.CharField(blank=True, max_length=200, verbose_name='product')),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='price')),
                ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                ('terms', models.CharField(blank=True, max_length=500, verbose_name='terms')),
                ('seen_on', models.DateField(verbose_name='seen on')),
                ('seen_where', models.CharField(max_length=200, verbose_name='where')),
            ],
            options={
                'verbose_name': 'price seen',
                'verbose_name_plural': 'prices seen',
                'ordering': ['-seen_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CompetitorPriceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('product', models.CharField(blank=True, max_length=200, verbose_name='product')),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='price')),
                ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                ('terms', models.CharField(blank=True, max_length=500, verbose_name='terms')),
                ('seen_on', models.DateField(verbose_name='seen on')),
                ('seen_where', models.CharField(max_length=200, verbose_name='where')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MarketFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('channel', models.CharField(blank=True, choices=[('hypermarket', 'Hypermarket'), ('supermarket', 'Supermarket'), ('convenience', 'Convenience store'), ('discount', 'Discount store'), ('cash_and_carry', 'Cash and carry'), ('traditional', 'Traditional trade'), ('distributor', 'Distributor'), ('online', 'Online'), ('other', 'Other')], max_length=20, verbose_name='channel')),
                ('measure', models.CharField(choices=[('size', 'Market size'), ('growth', 'Growth a year'), ('price_level', 'Price level'), ('trend', 'Consumer trend')], max_length=11, verbose_name='what')),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='value')),
                ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                ('text', models.TextField(blank=True, max_length=1000, verbose_name='in words')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='period')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='link')),
                ('noted_on', models.DateField(verbose_name='date of the source')),
                ('confidence', models.PositiveSmallIntegerField(choices=[(1, '1, a guess'), (2, '2, low'), (3, '3, medium'), (4, '4, high'), (5, '5, they told us')], verbose_name='confidence')),
            ],
            options={
                'verbose_name': 'market fact',
                'verbose_name_plural': 'market facts',
                'ordering': ['-noted_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='MarketFactEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('channel', models.CharField(blank=True, choices=[('hypermarket', 'Hypermarket'), ('supermarket', 'Supermarket'), ('convenience', 'Convenience store'), ('discount', 'Discount store'), ('cash_and_carry', 'Cash and carry'), ('traditional', 'Traditional trade'), ('distributor', 'Distributor'), ('online', 'Online'), ('other', 'Other')], max_length=20, verbose_name='channel')),
                ('measure', models.CharField(choices=[('size', 'Market size'), ('growth', 'Growth a year'), ('price_level', 'Price level'), ('trend', 'Consumer trend')], max_length=11, verbose_name='what')),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='value')),
                ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                ('text', models.TextField(blank=True, max_length=1000, verbose_name='in words')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='period')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='link')),
                ('noted_on', models.DateField(verbose_name='date of the source')),
                ('confidence', models.PositiveSmallIntegerField(choices=[(1, '1, a guess'), (2, '2, low'), (3, '3, medium'), (4, '4, high'), (5, '5, they told us')], verbose_name='confidence')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PortraitSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('stale_months', models.PositiveSmallIntegerField(default=12, help_text='Statements older than this are marked for another look.', verbose_name='months until a statement is old')),
            ],
            options={
                'verbose_name': 'portrait settings',
                'verbose_name_plural': 'portrait settings',
            },
        ),
        migrations.CreateModel(
            name='PortraitSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('stale_months', models.PositiveSmallIntegerField(default=12, help_text='Statements older than this are marked for another look.', verbose_name='months until a statement is old')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PortraitStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('heading', models.CharField(choices=[('origin', 'Origin'), ('deciding', 'How they decide'), ('negotiating', 'How they negotiate'), ('corporate', 'Corporate strategy'), ('category', 'Category strategy'), ('operations', 'Operations: processes and key figures'), ('responsibility', 'Social responsibility')], max_length=14, verbose_name='heading')),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='statement')),
                ('said_on', models.DateField(verbose_name='as of')),
                ('evidence', models.TextField(blank=True, max_length=2000, verbose_name='evidence')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='link')),
                ('basis', models.CharField(choices=[('assumed', 'Assumed'), ('confirmed', 'Confirmed')], default='assumed', max_length=10, verbose_name='basis')),
                ('confirmed_on', models.DateField(blank=True, null=True, verbose_name='confirmed on')),
                ('is_confidential', models.BooleanField(default=False, verbose_name="for the account's team only")),
                ('is_withdrawn', models.BooleanField(default=False, verbose_name='withdrawn')),
            ],
            options={
                'verbose_name': 'portrait statement',
                'verbose_name_plural': 'portrait statements',
                'ordering': ['-said_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeElement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('what', models.TextField(blank=True, max_length=1000, verbose_name='what it is')),
                ('is_price', models.BooleanField(default=False, help_text='A discount or rebate: any competitor can match it.', verbose_name='price only')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('place', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'programme element',
                'verbose_name_plural': 'programme elements',
                'ordering': ['place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeElementEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('what', models.TextField(blank=True, max_length=1000, verbose_name='what it is')),
                ('is_price', models.BooleanField(default=False, help_text='A discount or rebate: any competitor can match it.', verbose_name='price only')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('place', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProgrammeItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day up to, not including, the last date.', verbose_name='period')),
                ('detail', models.CharField(blank=True, max_length=500, verbose_name='what exactly')),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='cost for us a year')),
                ('saving', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='saving for us a year')),
                ('worth', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='worth to them a year')),
                ('worth_basis', models.CharField(choices=[('assumed', 'Assumed'), ('confirmed', 'Confirmed')], default='assumed', max_length=10, verbose_name='basis')),
                ('worth_evidence', models.TextField(blank=True, max_length=2000, verbose_name='evidence of its worth')),
                ('switching', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='switching cost')),
                ('switching_evidence', models.TextField(blank=True, max_length=2000, verbose_name='evidence of the switching cost')),
            ],
            options={
                'verbose_name': 'programme of an account',
                'verbose_name_plural': 'programmes of accounts',
                'ordering': ['account_id', 'element__place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(help_text='From the first day up to, not including, the last date.', verbose_name='period')),
                ('detail', models.CharField(blank=True, max_length=500, verbose_name='what exactly')),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='cost for us a year')),
                ('saving', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='saving for us a year')),
                ('worth', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='worth to them a year')),
                ('worth_basis', models.CharField(choices=[('assumed', 'Assumed'), ('confirmed', 'Confirmed')], default='assumed', max_length=10, verbose_name='basis')),
                ('worth_evidence', models.TextField(blank=True, max_length=2000, verbose_name='evidence of its worth')),
                ('switching', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='switching cost')),
                ('switching_evidence', models.TextField(blank=True, max_length=2000, verbose_name='evidence of the switching cost')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='competitor',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='accounts.competitor', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='competitorevent',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.competitor', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='competitorevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='competitorevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.competitor'),
        ),
        migrations.AddField(
            model_name='competitormove',
            name='account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='competitor_moves', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='competitormove',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='competitormove',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='competitormove',
            name='competitor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='accounts.competitor', verbose_name='competitor'),
        ),
        migrations.AddField(
            model_name='competitormoveevent',
            name='account',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='competitormoveevent',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='competitormoveevent',
            name='category',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='competitormoveevent',
            name='competitor',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.competitor', verbose_name='competitor'),
        ),
        migrations.AddField(
            model_name='competitormoveevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='competitormoveevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.competitormove'),
        ),
        migrations.AddField(
            model_name='competitorpresence',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competitor_presences', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='competitorpresence',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='competitorpresence',
            name='competitor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='accounts.competitor', verbose_name='competitor'),
        ),
        migrations.AddField(
            model_name='competitorpresenceevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='competitorpresenceevent',
            name='category',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='competitorpresenceevent',
            name='competitor',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.competitor', verbose_name='competitor'),
        ),
        migrations.AddField(
            model_name='competitorpresenceevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='competitorpresenceevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.competitorpresence'),
        ),
        migrations.AddField(
            model_name='competitorprice',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competitor_prices', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='competitorprice',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='competitorprice',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='competitorprice',
            name='competitor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='accounts.competitor', verbose_name='competitor'),
        ),
        migrations.AddField(
            model_name='competitorprice',
            name='currency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.currency', verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='competitorpriceevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='competitorpriceevent',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='competitorpriceevent',
            name='category',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='competitorpriceevent',
            name='competitor',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.competitor', verbose_name='competitor'),
        ),
        migrations.AddField(
            model_name='competitorpriceevent',
            name='currency',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.currency', verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='competitorpriceevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='competitorpriceevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.competitorprice'),
        ),
        migrations.AddField(
            model_name='marketfact',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='marketfact',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='marketfactevent',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='marketfactevent',
            name='category',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.productcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='marketfactevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='marketfactevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.marketfact'),
        ),
        migrations.AddConstraint(
            model_name='portraitsettings',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='portrait_settings_one_row'),
        ),
        migrations.AddConstraint(
            model_name='portraitsettings',
            constraint=models.CheckConstraint(condition=models.Q(('stale_months__range', (1, 120))), name='portrait_settings_months', violation_error_message='Months are between 1 and 120.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='portraitsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_portraitsettingsevent" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stale_months", "updated_at") SELECT new_values."created_at", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."stale_months", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3b0b788391a55d0e56b6ddb185e2498c224c7396', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_297ab', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_portraitsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='portraitsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_portraitsettingsevent" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stale_months", "updated_at") SELECT new_values."created_at", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."stale_months", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5692f67eca1907ff9bf1c255fd14bb6b3adb32e5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_087f3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_portraitsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='portraitsettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_portraitsettingsevent" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stale_months", "updated_at") SELECT old_values."created_at", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."stale_months", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3f29cad1b2d7bfe2d9e7773feab7410e7e2066a3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_17f22', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_portraitsettings', when='AFTER')),
        ),
        migrations.AddField(
            model_name='portraitsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='portraitsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.portraitsettings'),
        ),
        migrations.AddField(
            model_name='portraitstatement',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='portraitstatement',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='portraitstatement',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by'),
        ),
        migrations.AddField(
            model_name='portraitstatement',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='accounts.portraitstatement', verbose_name='replaces'),
        ),
        migrations.AddConstraint(
            model_name='programmeelement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('code', ''), _negated=True)), name='programme_element_has_a_name', violation_error_message='An element has a name.'),
        ),
        migrations.AddConstraint(
            model_name='programmeelement',
            constraint=models.UniqueConstraint(fields=('name',), name='programme_element_name_once', violation_error_message='There is an element with this name already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeelement',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_programmeelementevent" ("code", "created_at", "id", "is_active", "is_price", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "updated_at", "what") SELECT new_values."code", new_values."created_at", new_values."id", new_values."is_active", new_values."is_price", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."updated_at", new_values."what" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='09b8eaaa5efd0d881e3eb0f092eeda0a9e092a8e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8cc2c', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_programmeelement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeelement',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_programmeelementevent" ("code", "created_at", "id", "is_active", "is_price", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "updated_at", "what") SELECT new_values."code", new_values."created_at", new_values."id", new_values."is_active", new_values."is_price", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."updated_at", new_values."what" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1c6af65b91e62ea178eda4149b4e279266fa7f94', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0fed8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_programmeelement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeelement',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_programmeelementevent" ("code", "created_at", "id", "is_active", "is_price", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "updated_at", "what") SELECT old_values."code", old_values."created_at", old_values."id", old_values."is_active", old_values."is_price", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."place", old_values."updated_at", old_values."what" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e82f30e5055b03c3df1dc6e9389c1ded4eca4e09', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_3d209', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_programmeelement', when='AFTER')),
        ),
        migrations.AddField(
            model_name='programmeelementevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='programmeelementevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.programmeelement'),
        ),
        migrations.AddField(
            model_name='programmeitem',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programme', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='programmeitem',
            name='currency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.currency', verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='programmeitem',
            name='element',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='accounts.programmeelement', verbose_name='element'),
        ),
        migrations.AddField(
            model_name='programmeitemevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='programmeitemevent',
            name='currency',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.currency', verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='programmeitemevent',
            name='element',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.programmeelement', verbose_name='element'),
        ),
        migrations.AddField(
            model_name='programmeitemevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='programmeitemevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.programmeitem'),
        ),
        migrations.AddConstraint(
            model_name='competitor',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='competitor_has_a_name', violation_error_message='A competitor needs a name.'),
        ),
        migrations.AddConstraint(
            model_name='competitor',
            constraint=models.CheckConstraint(condition=models.Q(('country', ''), ('country__regex', '^[A-Z]{2}$'), _connector='OR'), name='competitor_country_code', violation_error_message='A country is a code of two letters.'),
        ),
        migrations.AddConstraint(
            model_name='competitor',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='competitor_not_merged_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='competitor',
            constraint=models.UniqueConstraint(condition=models.Q(('merged_into__isnull', True)), fields=('name_key', 'country'), name='competitor_name_once_a_country', violation_error_message='There is a competitor with this name already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitor',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorevent" ("country", "created_at", "id", "merged_into_id", "name", "name_key", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") SELECT new_values."country", new_values."created_at", new_values."id", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='be8cbfc3375b3526a631feca8e67f45817ffd8db', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_33394', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_competitor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitor',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorevent" ("country", "created_at", "id", "merged_into_id", "name", "name_key", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") SELECT new_values."country", new_values."created_at", new_values."id", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='82bd0dc21cfb32ee0d47a155c9ed25eed370b99e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b85c5', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_competitor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitor',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorevent" ("country", "created_at", "id", "merged_into_id", "name", "name_key", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") SELECT old_values."country", old_values."created_at", old_values."id", old_values."merged_into_id", old_values."name", old_values."name_key", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0c6365e9c9960476511cee5252a26dca61842ad3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_55248', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_competitor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='592f2c6933d9c0b1d1e6cf4f435a1375e7650770', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7d76b', table='accounts_competitorevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='competitormove',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['entered', 'left', 'launch', 'listing', 'delisting', 'price', 'promotion', 'people', 'other'])), name='competitor_move_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='competitormove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='competitor_move_says_what_and_whence', violation_error_message='Say what happened and how we know.'),
        ),
        migrations.AddConstraint(
            model_name='competitormove',
            constraint=models.CheckConstraint(condition=models.Q(('link', ''), ('link__iregex', '^https?://'), _connector='OR'), name='competitor_move_link_is_a_page', violation_error_message='A link begins with http:// or https://.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitormove',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitormoveevent" ("account_id", "author_id", "category_id", "competitor_id", "created_at", "happened_on", "id", "kind", "link", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "updated_at") SELECT new_values."account_id", new_values."author_id", new_values."category_id", new_values."competitor_id", new_values."created_at", new_values."happened_on", new_values."id", new_values."kind", new_values."link", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source", new_values."text", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bc7864598803f6f1bf3fc31b881f7982f677f1c2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_96bc5', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_competitormove', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitormove',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitormoveevent" ("account_id", "author_id", "category_id", "competitor_id", "created_at", "happened_on", "id", "kind", "link", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "updated_at") SELECT new_values."account_id", new_values."author_id", new_values."category_id", new_values."competitor_id", new_values."created_at", new_values."happened_on", new_values."id", new_values."kind", new_values."link", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source", new_values."text", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='04e6290bf4697e7e7def1f39cb3f9e336a45da0e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f9de1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_competitormove', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitormove',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitormoveevent" ("account_id", "author_id", "category_id", "competitor_id", "created_at", "happened_on", "id", "kind", "link", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "updated_at") SELECT old_values."account_id", old_values."author_id", old_values."category_id", old_values."competitor_id", old_values."created_at", old_values."happened_on", old_values."id", old_values."kind", old_values."link", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source", old_values."text", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f321c3b709caa7fac98c5e63e8f46a897d4fbf3f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_15907', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_competitormove', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitormoveevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8b31bd3263482e11c64582a26182cbc370e643e4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cc615', table='accounts_competitormoveevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='competitorpresence',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('account', '='), ('competitor', '='), (django.db.models.functions.comparison.Coalesce('category_id', 0), '='), ('valid', '&&')], name='competitor_presence_once_at_a_date', violation_error_message='This competitor is noted in the category already in this period.'),
        ),
        migrations.AddConstraint(
            model_name='competitorpresence',
            constraint=models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='competitor_presence_period_not_empty', violation_error_message='The period ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='competitorpresence',
            constraint=models.CheckConstraint(condition=models.Q(('share__isnull', True), models.Q(('share__gte', 0), ('share__lte', 1)), _connector='OR'), name='competitor_presence_share_in_range', violation_error_message='A share is 0 to 100 percent.'),
        ),
        migrations.AddConstraint(
            model_name='competitorpresence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confidence__isnull', True), ('share__isnull', True), ('share_on__isnull', True), ('share_source', '')), models.Q(models.Q(('confidence__in', [1, 2, 3, 4, 5]), ('share__isnull', False), ('share_on__isnull', False)), models.Q(('share_source', ''), _negated=True)), _connector='OR'), name='competitor_presence_estimate_says_whence', violation_error_message='An estimate says its source, day and confidence.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorpresence',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorpresenceevent" ("account_id", "category_id", "competitor_id", "confidence", "created_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "share", "share_on", "share_source", "updated_at", "valid") SELECT new_values."account_id", new_values."category_id", new_values."competitor_id", new_values."confidence", new_values."created_at", new_values."id", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."share", new_values."share_on", new_values."share_source", new_values."updated_at", new_values."valid" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='dd6a968be8e9cd52d17bd5272ed00352c9f13e1c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_12303', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_competitorpresence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorpresence',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorpresenceevent" ("account_id", "category_id", "competitor_id", "confidence", "created_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "share", "share_on", "share_source", "updated_at", "valid") SELECT new_values."account_id", new_values."category_id", new_values."competitor_id", new_values."confidence", new_values."created_at", new_values."id", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."share", new_values."share_on", new_values."share_source", new_values."updated_at", new_values."valid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a4645052ba440ef4eb9ecc28464af866515bd7e4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4912e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_competitorpresence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorpresence',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorpresenceevent" ("account_id", "category_id", "competitor_id", "confidence", "created_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "share", "share_on", "share_source", "updated_at", "valid") SELECT old_values."account_id", old_values."category_id", old_values."competitor_id", old_values."confidence", old_values."created_at", old_values."id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."share", old_values."share_on", old_values."share_source", old_values."updated_at", old_values."valid" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='ed39dec1b2551d767eb12255846e43077149aa00', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ef77f', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_competitorpresence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorpresenceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d31d7ff0e3aaa5ddef46c1dff1317596bb426290', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d30e7', table='accounts_competitorpresenceevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='competitorprice',
            index=models.Index(fields=['account', '-seen_on'], name='competitor_price_at'),
        ),
        migrations.AddConstraint(
            model_name='competitorprice',
            constraint=models.CheckConstraint(condition=models.Q(('price__isnull', False), models.Q(('terms', ''), _negated=True), _connector='OR'), name='competitor_price_says_something', violation_error_message='Give a price, or terms, or both.'),
        ),
        migrations.AddConstraint(
            model_name='competitorprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', True), ('price__isnull', True)), models.Q(models.Q(('currency__isnull', False), ('price__gt', 0)), models.Q(('unit', ''), _negated=True)), _connector='OR'), name='competitor_price_has_currency_and_unit', violation_error_message='A price is above zero, with its currency and unit.'),
        ),
        migrations.AddConstraint(
            model_name='competitorprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('product', ''), _negated=True), ('category__isnull', False), _connector='OR'), name='competitor_price_of_something', violation_error_message='Say of which product or category.'),
        ),
        migrations.AddConstraint(
            model_name='competitorprice',
            constraint=models.CheckConstraint(condition=models.Q(('seen_where', ''), _negated=True), name='competitor_price_seen_somewhere', violation_error_message='Say where it was seen.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorprice',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorpriceevent" ("account_id", "author_id", "category_id", "competitor_id", "created_at", "currency_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "product", "seen_on", "seen_where", "terms", "unit", "updated_at") SELECT new_values."account_id", new_values."author_id", new_values."category_id", new_values."competitor_id", new_values."created_at", new_values."currency_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."price", new_values."product", new_values."seen_on", new_values."seen_where", new_values."terms", new_values."unit", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fb1c0778b2d8c8e30e8cc6302e997df3a075b1d2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_9062b', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_competitorprice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorprice',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorpriceevent" ("account_id", "author_id", "category_id", "competitor_id", "created_at", "currency_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "product", "seen_on", "seen_where", "terms", "unit", "updated_at") SELECT new_values."account_id", new_values."author_id", new_values."category_id", new_values."competitor_id", new_values."created_at", new_values."currency_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."price", new_values."product", new_values."seen_on", new_values."seen_where", new_values."terms", new_values."unit", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='240fa882e586a59d651c32bcd63fe687d283ee02', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e95e1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_competitorprice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorprice',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_competitorpriceevent" ("account_id", "author_id", "category_id", "competitor_id", "created_at", "currency_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "product", "seen_on", "seen_where", "terms", "unit", "updated_at") SELECT old_values."account_id", old_values."author_id", old_values."category_id", old_values."competitor_id", old_values."created_at", old_values."currency_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."price", old_values."product", old_values."seen_on", old_values."seen_where", old_values."terms", old_values."unit", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9771eecd88b7c813f586665273978efc15ae3361', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7049a', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_competitorprice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitorpriceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c9a2c5fcc1bbddb7542f9b220ed95d5c877fd1b6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b30e0', table='accounts_competitorpriceevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='marketfact',
            index=models.Index(fields=['country', 'measure', '-noted_on'], name='market_fact_of'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='market_fact_country_code', violation_error_message='A country is a code of two letters.'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('measure__in', ['size', 'growth', 'price_level', 'trend'])), name='market_fact_measure_known'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('channel', ''), ('channel__in', ['hypermarket', 'supermarket', 'convenience', 'discount', 'cash_and_carry', 'traditional', 'distributor', 'online', 'other']), _connector='OR'), name='market_fact_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__in', [1, 2, 3, 4, 5])), name='market_fact_confidence_known'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', False), models.Q(models.Q(('measure', 'trend')), models.Q(('text', ''), _negated=True)), _connector='OR'), name='market_fact_says_something', violation_error_message='Give a value; a trend may be told in words instead.'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', True), models.Q(('unit', ''), _negated=True), _connector='OR'), name='market_fact_value_has_a_unit', violation_error_message='A value has a unit.'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', True), models.Q(('measure__in', ['size', 'price_level']), _negated=True), ('value__gte', 0), _connector='OR'), name='market_fact_size_not_negative', violation_error_message='A size or price level is zero or more.'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='market_fact_period_known', violation_error_message='A period begins and ends on days that are known.'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='market_fact_has_a_source', violation_error_message='Say where the figure is from.'),
        ),
        migrations.AddConstraint(
            model_name='marketfact',
            constraint=models.CheckConstraint(condition=models.Q(('link', ''), ('link__iregex', '^https?://'), _connector='OR'), name='market_fact_link_is_a_page', violation_error_message='A link begins with http:// or https://.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='marketfact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_marketfactevent" ("author_id", "category_id", "channel", "confidence", "country", "created_at", "id", "link", "measure", "noted_on", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "unit", "updated_at", "value") SELECT new_values."author_id", new_values."category_id", new_values."channel", new_values."confidence", new_values."country", new_values."created_at", new_values."id", new_values."link", new_values."measure", new_values."noted_on", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source", new_values."text", new_values."unit", new_values."updated_at", new_values."value" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9a94bd8687b484155154d28f9bcd321f0cffcabe', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_08705', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_marketfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='marketfact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_marketfactevent" ("author_id", "category_id", "channel", "confidence", "country", "created_at", "id", "link", "measure", "noted_on", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "unit", "updated_at", "value") SELECT new_values."author_id", new_values."category_id", new_values."channel", new_values."confidence", new_values."country", new_values."created_at", new_values."id", new_values."link", new_values."measure", new_values."noted_on", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source", new_values."text", new_values."unit", new_values."updated_at", new_values."value" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1fbced80cad05057f07dce1a63a6c54175a8c3d1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a0051', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_marketfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='marketfact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_marketfactevent" ("author_id", "category_id", "channel", "confidence", "country", "created_at", "id", "link", "measure", "noted_on", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "text", "unit", "updated_at", "value") SELECT old_values."author_id", old_values."category_id", old_values."channel", old_values."confidence", old_values."country", old_values."created_at", old_values."id", old_values."link", old_values."measure", old_values."noted_on", old_values."period", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source", old_values."text", old_values."unit", old_values."updated_at", old_values."value" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c07bd4323a18e77825f577777a032278db179bb0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4e124', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_marketfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='marketfactevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='86eadcd9ea96982258eaa35d1a4ff66475659896', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_abe21', table='accounts_marketfactevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='portraitsettingsevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8baf270248bab2e21a7add95dbcd155b0ca3663a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a8d1c', table='accounts_portraitsettingsevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='portraitstatement',
            index=models.Index(fields=['account', 'heading', '-said_on', '-id'], name='portrait_latest'),
        ),
        migrations.AddConstraint(
            model_name='portraitstatement',
            constraint=models.CheckConstraint(condition=models.Q(('heading__in', ['origin', 'deciding', 'negotiating', 'corporate', 'category', 'operations', 'responsibility'])), name='portrait_statement_heading_known', violation_error_message='There is no such heading.'),
        ),
        migrations.AddConstraint(
            model_name='portraitstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('is_withdrawn', False)), models.Q(('text', ''), _negated=True)), models.Q(('is_withdrawn', True), ('replaces__isnull', False), ('text', '')), _connector='OR'), name='portrait_statement_says_something', violation_error_message='A statement says something.'),
        ),
        migrations.AddConstraint(
            model_name='portraitstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('basis', 'assumed'), ('confirmed_by__isnull', True), ('confirmed_on__isnull', True)), models.Q(models.Q(('basis', 'confirmed'), ('confirmed_by__isnull', False), ('confirmed_on__isnull', False)), models.Q(('evidence', ''), _negated=True)), _connector='OR'), name='portrait_statement_confirmed_by_evidence', violation_error_message='What is confirmed says by whom, when, and what shows it.'),
        ),
        migrations.AddConstraint(
            model_name='portraitstatement',
            constraint=models.CheckConstraint(condition=models.Q(('link', ''), ('link__iregex', '^https?://'), _connector='OR'), name='portrait_statement_link_is_a_page', violation_error_message='A link begins with http:// or https://.'),
        ),
        migrations.AddConstraint(
            model_name='portraitstatement',
            constraint=models.CheckConstraint(condition=models.Q(('replaces__isnull', True), models.Q(('replaces', models.F('id')), _negated=True), _connector='OR'), name='portrait_statement_not_its_own_heir'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='portraitstatement',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    -- Statements follow merged accounts, and go with the demo; nothing else moves them.\n    IF COALESCE(current_setting('kam.rewrite_ratings', true), '') = 'on' THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        IF to_jsonb(NEW) - 'account_id' - 'updated_at'\n            = to_jsonb(OLD) - 'account_id' - 'updated_at' THEN RETURN NEW; END IF;\n    END IF;\n    RAISE EXCEPTION 'statements are replaced, never changed' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'portrait_statement_append_only', TABLE = 'accounts_portraitstatement';", hash='fcaeeadbcd56a9990e28b92fc3c89bc31acb8678', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_33e53', table='accounts_portraitstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='portraitstatement',
            trigger=pgtrigger.compiler.Trigger(name='replaces_its_like', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."replaces_id" IS NOT NULL)', func="\n    IF NOT EXISTS (\n        SELECT 1 FROM accounts_portraitstatement s WHERE s.id = NEW.replaces_id\n          AND s.account_id = NEW.account_id AND s.heading = NEW.heading AND NOT s.is_withdrawn\n          AND s.said_on <= NEW.said_on\n    ) THEN\n        RAISE EXCEPTION 'it replaces something else' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'portrait_statement_replaces_its_like', TABLE = 'accounts_portraitstatement';\n    END IF;\n    RETURN NEW;", hash='c28c70534dfc6bcb4e004028b187853b4ef17b8f', operation='INSERT', pgid='pgtrigger_replaces_its_like_e78e0', table='accounts_portraitstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeelementevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4b8165b70030708428c3e9fb9a88de5cec14e207', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_93702', table='accounts_programmeelementevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('account', '='), ('element', '='), ('valid', '&&')], name='programme_item_once_at_a_date', violation_error_message='The account gets this already in this period.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='programme_item_period_not_empty', violation_error_message='The period ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), name='programme_item_cost_not_negative', violation_error_message='An amount is zero or more.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(('saving__isnull', True), ('saving__gte', 0), _connector='OR'), name='programme_item_saving_not_negative', violation_error_message='An amount is zero or more.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(('worth__isnull', True), ('worth__gte', 0), _connector='OR'), name='programme_item_worth_not_negative', violation_error_message='An amount is zero or more.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(('worth_basis', 'assumed'), models.Q(models.Q(('worth__isnull', False), ('worth_basis', 'confirmed')), models.Q(('worth_evidence', ''), _negated=True)), _connector='OR'), name='programme_item_worth_confirmed_by_evidence', violation_error_message='What is confirmed needs evidence: say what shows it.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('switching__isnull', True), ('switching_evidence', '')), models.Q(models.Q(('switching__gte', 0), ('switching__lte', 5)), models.Q(('switching_evidence', ''), _negated=True)), _connector='OR'), name='programme_item_rating_has_evidence', violation_error_message='A switching cost is 0 to 5, with evidence.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeitem',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_programmeitemevent" ("account_id", "cost", "created_at", "currency_id", "detail", "element_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saving", "switching", "switching_evidence", "updated_at", "valid", "worth", "worth_basis", "worth_evidence") SELECT new_values."account_id", new_values."cost", new_values."created_at", new_values."currency_id", new_values."detail", new_values."element_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."saving", new_values."switching", new_values."switching_evidence", new_values."updated_at", new_values."valid", new_values."worth", new_values."worth_basis", new_values."worth_evidence" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4c15a0be363aa03c15eb29de083b912bb6befbbb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_29986', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_programmeitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeitem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_programmeitemevent" ("account_id", "cost", "created_at", "currency_id", "detail", "element_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saving", "switching", "switching_evidence", "updated_at", "valid", "worth", "worth_basis", "worth_evidence") SELECT new_values."account_id", new_values."cost", new_values."created_at", new_values."currency_id", new_values."detail", new_values."element_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."saving", new_values."switching", new_values."switching_evidence", new_values."updated_at", new_values."valid", new_values."worth", new_values."worth_basis", new_values."worth_evidence" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d82d5d2dabf2a240d55c1b005d012e4e23bd01c1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_473ca', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_programmeitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeitem',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_programmeitemevent" ("account_id", "cost", "created_at", "currency_id", "detail", "element_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saving", "switching", "switching_evidence", "updated_at", "valid", "worth", "worth_basis", "worth_evidence") SELECT old_values."account_id", old_values."cost", old_values."created_at", old_values."currency_id", old_values."detail", old_values."element_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."saving", old_values."switching", old_values."switching_evidence", old_values."updated_at", old_values."valid", old_values."worth", old_values."worth_basis", old_values."worth_evidence" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f1cb3ef599eeb1e1bf253885e81368b4f6d5a852', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_61616', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_programmeitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeitemevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5a7a0f8a7e42972997a5d5b1b3924afe3bd5825f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e690b', table='accounts_programmeitemevent', when='BEFORE')),
        ),
    ]
