"""Who would move by a model: the chart and the table of the what-if."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.selectors.tiers.whatif import WhatIf
from accounts.views.tiers import words
from kam.core import charts, formats
from kam.core.tables import Column


def moves_chart(preview: WhatIf) -> charts.Chart:
    """Accounts by tier, now and then."""
    then = {tier.code: (tier, count) for tier, count in preview.counts}
    now = {tier.code: (tier, count) for tier, count in preview.counts_now}
    codes = [*then, *(code for code in now if code not in then)]
    tiers = [(then.get(code) or now[code])[0] for code in codes]
    return charts.bar(
        name="tiers-then",
        title=ngettext(
            "%(moves)s of %(scored)s account would move",
            "%(moves)s of %(scored)s accounts would move",
            preview.scored,
        )
        % {
            "moves": formats.number(len(preview.moves), 0),
            "scored": formats.number(preview.scored, 0),
        },
        labels=[tier.title for tier in tiers],
        label_title=_("Tier"),
        value_format="number",
        unit=_("accounts"),
        places=0,
        series=[
            charts.Series(name=_("Now"), values=[now.get(c, (None, 0))[1] for c in codes], hue=8),
            charts.Series(name=_("Then"), values=[then.get(c, (None, 0))[1] for c in codes], hue=1),
        ],
        as_of=preview.as_of,
        height="short",
    )


MOVE_COLUMNS = [
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort=True,
    ),
    Column(
        name="before",
        title=gettext_lazy("Tier now"),
        kind="badge",
        value=lambda move: words.badge(move.before),
        unknown=gettext_lazy("No tier today"),
    ),
    Column(
        name="after",
        title=gettext_lazy("Tier then"),
        kind="badge",
        value=lambda move: words.badge(move.after),
        unknown=gettext_lazy("Nothing that counts is known"),
    ),
    Column(
        name="score_before",
        title=gettext_lazy("Score now"),
        kind="number",
        places=1,
        sort=True,
        unknown=gettext_lazy("Not scored today"),
    ),
    Column(
        name="score_after",
        title=gettext_lazy("Score then"),
        kind="number",
        places=1,
        sort=True,
        unknown=gettext_lazy("Nothing that counts is known"),
    ),
    Column(
        name="confidence",
        title=gettext_lazy("Confidence"),
        kind="percent",
        places=0,
        sort=True,
        unknown=gettext_lazy("Nothing that counts is known"),
    ),
    Column(name="why", title=gettext_lazy("Why"), value=words.reasons, css="is-wrapped"),
    Column(
        name="changes",
        title=gettext_lazy("What changes for it"),
        value=lambda move: words.policy_changes(move.before, move.after) or None,
        unknown=gettext_lazy("Both tiers get the same"),
        css="is-wrapped",
    ),
    Column(
        name="override",
        title=gettext_lazy("Decided"),
        kind="badge",
        value=lambda move: words.badge(move.override.tier) if move.override else None,
        unknown=gettext_lazy("No override"),
        default=False,
    ),
]
