"""A missing value made these checks unknown, which the database takes for kept."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0019_programme_elements'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='competitorpresence',
            name='competitor_presence_estimate_says_whence',
        ),
        migrations.RemoveConstraint(
            model_name='competitorprice',
            name='competitor_price_has_currency_and_unit',
        ),
        migrations.RemoveConstraint(
            model_name='programmeitem',
            name='programme_item_rating_has_evidence',
        ),
        migrations.AddConstraint(
            model_name='competitorpresence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confidence__isnull', True), ('share__isnull', True), ('share_on__isnull', True), ('share_source', '')), models.Q(models.Q(('confidence__in', [1, 2, 3, 4, 5]), ('confidence__isnull', False), ('share__isnull', False), ('share_on__isnull', False)), models.Q(('share_source', ''), _negated=True)), _connector='OR'), name='competitor_presence_estimate_says_whence', violation_error_message='An estimate says its source, day and confidence.'),
        ),
        migrations.AddConstraint(
            model_name='competitorprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', True), ('price__isnull', True)), models.Q(models.Q(('currency__isnull', False), ('price__gt', 0), ('price__isnull', False)), models.Q(('unit', ''), _negated=True)), _connector='OR'), name='competitor_price_has_currency_and_unit', violation_error_message='A price is above zero, with its currency and unit.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('switching__isnull', True), ('switching_evidence', '')), models.Q(models.Q(('switching__gte', 0), ('switching__isnull', False), ('switching__lte', 5)), models.Q(('switching_evidence', ''), _negated=True)), _connector='OR'), name='programme_item_rating_has_evidence', violation_error_message='A switching cost is 0 to 5, with evidence.'),
        ),
    ]
