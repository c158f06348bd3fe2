"""A new installation begins with two drafts; `accounts.services.tiers.presets` offers the same."""

from django.db import migrations

TIERS = [
    ("strategic", "Strategic", 75, 14, 3, 1),
    ("key", "Key", 55, 30, 6, 2),
    ("growth", "Growth", 35, 60, 12, 3),
    ("maintain", "Maintain", 0, 180, 12, 5),
]
RANK, RATING = ("percentile", None, None), ("minmax", 1, 5)
MODELS = {
    "Simple start": [
        ("net_revenue", 50, "higher", *RANK),
        ("loyalty", 25, "higher", "minmax", 0, 100),
        ("growth_potential", 25, "higher", *RANK),
    ],
    "Default model": [
        ("net_revenue", 20, "higher", *RANK),
        ("revenue_share", 10, "higher", *RANK),
        ("profitability", 15, "higher", *RANK),
        ("growth_potential", 15, "higher", *RANK),
        ("loyalty", 10, "higher", "minmax", 0, 100),
        ("strategic_fit", 10, "higher", *RATING),
        ("partnership", 8, "higher", *RATING),
        ("proximity", 2, "higher", *RATING),
        ("cost_to_serve", 5, "lower", *RANK),
        ("standing", 5, "higher", *RATING),
        ("price_sensitivity", 0, "info", *RATING),
    ],
}


def write(apps, _editor):
    model, tier, criterion = (
        apps.get_model("accounts", name) for name in ("TierModel", "Tier", "TierCriterion")
    )
    for name, criteria in MODELS.items():
        made = model.objects.create(name=name)
        tier.objects.bulk_create(
            tier(
                model=made,
                rank=rank,
                code=code,
                name=words,
                threshold=threshold,
                visit_every_days=visits,
                review_every_months=reviews,
                answer_within_days=answers,
            )
            for rank, (code, words, threshold, visits, reviews, answers) in enumerate(TIERS, 1)
        )
        criterion.objects.bulk_create(
            criterion(
                model=made,
                place=place,
                measure=measure,
                weight=weight,
                direction=direction,
                method=method,
                low=low,
                high=high,
            )
            for place, (measure, weight, direction, method, low, high) in enumerate(criteria)
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_people_merge")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop, elidable=True)]
