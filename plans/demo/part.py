"""The plans' share of the demo company, as `kam.core.demo` runs it.

Plans begin as drafts. Topics fill them (`FILLERS`), then each goes to its state; what stands
beside plans or is done while they run comes last (`AFTER`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pghistory.models
from django.apps import apps
from django.db import connection
from django.db.models import Model

from kam.core.demo import Counts, DemoPart, DemoRequest
from plans import models as m
from plans.demo import approval, levers, loss, marketing, negotiation, reviews, sales, work
from plans.demo.plan import carry_out, make_drafts
from plans.demo.stories import Story
from plans.services.rewriting import rewriting_plans

type Teller = Callable[[Sequence[Story], DemoRequest], None]
"""A topic's share: it gets every plan as a draft, or as it stands at the end."""

FILLERS: tuple[Teller, ...] = (work.fill, sales.fill, levers.fill, marketing.fill, loss.fill)
AFTER: tuple[Teller, ...] = (approval.tell, reviews.tell, negotiation.tell)

# The settings of an installation stay, whoever's data comes and goes.
_KEPT: tuple[type[Model], ...] = (m.PlanTemplate, m.TemplateSection)


def load(request: DemoRequest) -> Counts:
    """Write drafts, let topics fill them, take each to its state, and tell what came after."""
    stories = make_drafts(request)
    for fill in FILLERS:
        fill(stories, request)
    carry_out(stories)
    for tell in AFTER:
        tell(stories, request)
    return present()


def present() -> Counts:
    """Count rows of any origin."""
    counted: tuple[type[Model], ...] = (m.Plan, m.PlanAction)
    return {str(one._meta.verbose_name_plural): one._default_manager.count() for one in counted}


def added() -> Counts:
    """Nothing of its own: all goes with its accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty all tables of the app but those of history and settings."""
    del keep_user_id
    removed = present()
    with rewriting_plans(), connection.cursor() as cursor:
        # What is still to be checked of these tables would stand in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"TRUNCATE {', '.join(_tables())}")
    return removed


def _tables() -> list[str]:
    models = apps.get_app_config("plans").get_models()
    ours = [
        one for one in models if not issubclass(one, pghistory.models.Event) and one not in _KEPT
    ]
    return [connection.ops.quote_name(one._meta.db_table) for one in ours]


PART = DemoPart(key="plans", order=80, load=load, clear=clear, present=present, added=added)
