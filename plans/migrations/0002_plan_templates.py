"""A new installation begins with these templates; `plans.services.plan.templates` has the same."""

from django.db import migrations

HINTS = {
    "ambition": "Where we want to stand with them in three years, and why they would want it.",
    "figures": "What the figures say; the figures themselves come by themselves.",
    "portrait": "What about their strategy and way of deciding matters for this plan.",
    "swot": "What is strong and weak in our position, with what shows it.",
    "objectives": "Three to five objectives, each with a measure, an owner and a day.",
    "kpis": "By which measures we will know; targets for the end of the period.",
    "levers": "More shoppers, more trips, bigger baskets: what it brings them and us.",
    "sales": "What we sell by category and month, and the steps of the range.",
    "marketing": "Activities with their budget, and what they should bring.",
    "programme": "What they get beyond price, and what would hold them back from leaving.",
    "risks": "What could go wrong, how likely it is, and what we do then.",
    "negotiation": "Issues of the next negotiation: target, acceptable, walk-away, what we trade.",
}
CORE = {"ambition", "swot", "objectives", "kpis", "sales"}
TEMPLATES = [
    (
        {"name": "Strategic accounts", "tier_code": "strategic", "loss_months": 6},
        CORE | {"levers", "risks", "marketing"},
        set(HINTS),
    ),
    ({"name": "Key accounts", "tier_code": "key", "loss_months": 12}, CORE | {"risks"}, set(HINTS)),
    (
        {"name": "Growth accounts", "tier_code": "growth"},
        {"ambition", "objectives", "sales"},
        {"ambition", "figures", "swot", "objectives", "kpis", "levers", "sales", "marketing"},
    ),
    (
        {"name": "Short plan", "needs_gain": False},
        {"ambition", "objectives"},
        {"ambition", "figures", "objectives", "kpis", "risks"},
    ),
]


def write(apps, _editor):
    template = apps.get_model("plans", "PlanTemplate")
    section = apps.get_model("plans", "TemplateSection")
    for facts, required, kinds in TEMPLATES:
        row = template.objects.create(**facts)
        section.objects.bulk_create(
            section(template=row, kind=kind, is_required=kind in required, hint=hint)
            for kind, hint in HINTS.items()
            if kind in kinds
        )


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_plans")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop, elidable=True)]
