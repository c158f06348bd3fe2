"""What people say about the demo's plans, one that was sent back, and one that was revised."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from kam.core.demo import DemoRequest
from plans.choices.approval import PlanStepKind, SnapshotReason
from plans.choices.plan import PlanState, SectionKind
from plans.demo.plan import carry_out
from plans.demo.stories import Story
from plans.models import Plan
from plans.services.approval.changing import revise_plan
from plans.services.approval.comments import add_comment, resolve_comment
from plans.services.approval.snapshots import take_snapshot
from plans.services.approval.steps import keep_step
from plans.services.plan.texts import save_section

K = SectionKind
# Section, what the approver says, whether it was seen to.
SAID: tuple[tuple[str, str, bool], ...] = (
    (K.AMBITION, "Which two of the three listings? Name them, then we can count them.", True),
    (K.OBJECTIVES, "Who on their side has said yes to this?", False),
    (K.RISKS, "Logistics says the test moves to June.", False),
    ("", "Good. Let us go through it together before the review.", True),
)
REVISED_PLACE = 1


def tell(stories: Sequence[Story], request: DemoRequest) -> None:
    """Revise one active plan, send one draft back, freeze one by hand, and comment on some."""
    revised = next((one for one in stories if _is_active(one, REVISED_PLACE)), None)
    if revised is not None:
        _revise(revised)
    drafts = [one for one in stories if one.ends_as == PlanState.DRAFT and one.fullness == 2]
    for story in drafts[:1]:
        _send_back(story)
    for story in stories:
        if story.ends_as in (PlanState.IN_REVIEW, PlanState.ACTIVE):
            _comment(story)
    frozen = next((one for one in stories if _is_active(one, 0)), None)
    if frozen is not None:
        take_snapshot(
            plan=frozen.plan,
            reason=SnapshotReason.BY_HAND,
            as_of=request.as_of,
            by=frozen.owner,
            note=_("Before the meeting with their board"),
        )


def _is_active(story: Story, place: int) -> bool:
    return story.ends_as == PlanState.ACTIVE and story.place == place


def _revise(story: Story) -> None:
    """Open an active plan, say more in it, and take it to its state again."""
    now = timezone.now()
    why = _("They opened twelve small stores: the range for them is new.")
    plan = revise_plan(plan=story.plan, by=story.owner, text=why, at=now)
    section = plan.sections.filter(kind=K.AMBITION).first()
    if section is not None:
        more = _("In the small stores we hold the breakfast shelf from autumn on.")
        text = f"{section.text} {more}".strip()
        save_section(section=section, by=story.owner, as_of=story.as_of, text=text)
    carry_out([story])


def _send_back(story: Story) -> None:
    plan = Plan.objects.get(pk=story.plan.pk)
    keep_step(plan, PlanStepKind.SUBMITTED, by=story.owner)
    words = _("Say in figures what they gain by it. Then it is ready.")
    keep_step(plan, PlanStepKind.SENT_BACK, by=story.approver, text=words)


def _comment(story: Story) -> None:
    plan, now = Plan.objects.get(pk=story.plan.pk), timezone.now()
    kinds = {"", *plan.sections.values_list("kind", flat=True)}
    for place, (kind, text, is_seen_to) in enumerate(SAID):
        if kind in kinds and (place + story.place) % 2 == 0:
            row = add_comment(plan=plan, by=story.approver, text=text, section=kind, at=now)
            if is_seen_to:
                resolve_comment(comment=row, by=story.owner, at=timezone.now())
