"""The acts of a plan's life: each on its own page, with what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kam.core.formats import Text
from kam.core.pages import MovedOnError
from kam.core.problems import Blocker, Caution, RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.forms.approval import WordsForm
from plans.models import Plan
from plans.querysets.plans import LIVE
from plans.selectors import snapshots as reads
from plans.selectors.approval import acts_of, approvers_of, may_decide
from plans.selectors.submitting import problems_of
from plans.services.approval import changing, deciding, submitting
from plans.views.approval.compare import parts_of
from plans.views.plan import common

# icons: send arrow-back-up circle-check message-report player-play pencil archive ban

type Run = Callable[[Plan, User, WordsForm], Plan]


IN_WORDS = _("In words")


@dataclass(frozen=True, kw_only=True)
class Act:
    """A step as a page: its words, what it asks for, and the service behind it."""

    key: str
    title: Text
    verb: Text
    icon: str
    lead: Text
    said: Text
    run: Run
    label: Text = IN_WORDS
    needs_words: bool = False
    is_checked: bool = False
    is_grave: bool = False
    is_usual: bool = False

    @property
    def slug(self) -> str:
        """What it is called in addresses."""
        return self.key.replace("_", "-")


def _submit(plan: Plan, user: User, form: WordsForm) -> Plan:
    now, today = timezone.now(), timezone.localdate()
    return submitting.submit_plan(plan=plan, by=user, as_of=today, at=now, text=form.words)


def _withdraw(plan: Plan, user: User, form: WordsForm) -> Plan:
    return submitting.withdraw_plan(plan=plan, by=user, text=form.words)


def _send_back(plan: Plan, user: User, form: WordsForm) -> Plan:
    return submitting.send_back_plan(plan=plan, by=user, text=form.words, at=timezone.now())


def _approve(plan: Plan, user: User, form: WordsForm) -> Plan:
    now, today = timezone.now(), timezone.localdate()
    return deciding.approve_plan(
        plan=plan, by=user, as_of=today, at=now, text=form.words, document_hash=form.read
    )


def _activate(plan: Plan, user: User, _form: WordsForm) -> Plan:
    return deciding.activate_plan(plan=plan, by=user)


def _revise(plan: Plan, user: User, form: WordsForm) -> Plan:
    return changing.revise_plan(plan=plan, by=user, text=form.words, at=timezone.now())


def _close(plan: Plan, user: User, form: WordsForm) -> Plan:
    now, today = timezone.now(), timezone.localdate()
    return changing.close_plan(plan=plan, by=user, text=form.words, as_of=today, at=now)


def _cancel(plan: Plan, user: User, form: WordsForm) -> Plan:
    return changing.cancel_plan(plan=plan, by=user, text=form.words, at=timezone.now())


ACTS = (
    Act(
        key="submit",
        title=_("Submit the plan for approval"),
        verb=_("Submit"),
        icon="send",
        lead=_("What it says does not change while it waits. Somebody else approves it."),
        said=_("The plan waits for approval."),
        label=_("What to look at"),
        run=_submit,
        is_checked=True,
        is_usual=True,
    ),
    Act(
        key="approve",
        title=_("Approve the plan"),
        verb=_("Approve"),
        icon="circle-check",
        lead=_("All that it shows today is frozen. What it says then changes by a revision alone."),
        said=_("The plan is approved."),
        run=_approve,
        is_checked=True,
        is_usual=True,
    ),
    Act(
        key="send_back",
        title=_("Send the plan back"),
        verb=_("Send back"),
        icon="message-report",
        lead=_("It is a draft again. Its owner and who submitted it are told."),
        said=_("The plan is sent back."),
        label=_("What has to change"),
        run=_send_back,
        needs_words=True,
    ),
    Act(
        key="withdraw",
        title=_("Take the plan back"),
        verb=_("Take back"),
        icon="arrow-back-up",
        lead=_("It is a draft again and waits for nobody."),
        said=_("The plan is a draft again."),
        run=_withdraw,
    ),
    Act(
        key="activate",
        title=_("Let the plan begin"),
        verb=_("Begin"),
        icon="player-play",
        lead=_("An approved plan begins by itself in the night when its period does."),
        said=_("The plan is active."),
        run=_activate,
        is_usual=True,
    ),
    Act(
        key="revise",
        title=_("Open the plan for revision"),
        verb=_("Revise"),
        icon="pencil",
        lead=_("It is a draft again, with the next number. What was approved stays as it was."),
        said=_("The plan is a draft again."),
        label=_("Why"),
        run=_revise,
        needs_words=True,
    ),
    Act(
        key="close",
        title=_("Close the plan"),
        verb=_("Close"),
        icon="archive",
        lead=_("All that it shows today is frozen. It does not change any more."),
        said=_("The plan is closed."),
        label=_("What came of it"),
        run=_close,
        needs_words=True,
    ),
    Act(
        key="cancel",
        title=_("Cancel the plan"),
        verb=_("Cancel the plan"),
        icon="ban",
        lead=_("It stays readable, nothing is lost, and another plan can be made for its days."),
        said=_("The plan is cancelled."),
        label=_("Why"),
        run=_cancel,
        needs_words=True,
        is_grave=True,
    ),
)
BY_SLUG = {one.slug: one for one in ACTS}


@requires("plans.view")
@require_http_methods(["GET", "POST"])
def plan_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Take a step of a plan, after showing what stands in its way."""
    user, plan, found = signed_in(request), common.get_plan(request, pk), BY_SLUG.get(act)
    if found is None:
        raise Http404
    if not acts_of(user, plan)[found.key]:
        raise _refusal(user, plan, found)
    sent = request.method == "POST"
    form = WordsForm(request.POST if sent else None, label=found.label, is_needed=found.needs_words)
    if found.key == "activate":
        del form.fields["text"]
    if form.is_valid():
        try:
            found.run(plan, user, form)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, str(found.said))
            return redirect(plan.get_absolute_url())
    return render(
        request,
        "plans/approval_act.html",
        _context(user, plan, found, form),
        status=422 if sent else 200,
    )


def _refusal(user: User, plan: Plan, act: Act) -> Http404:
    """Why a step is not to be taken: who may take it otherwise is led to how the plan stands, as
    after a second press, from another tab, or where somebody else was quicker."""
    if act.key in ("approve", "send_back"):
        is_theirs = plan.state in LIVE and may_decide(user, plan)
    else:
        is_theirs = common.may_write(plan, user)
    if not is_theirs:
        return Http404()
    words = _("This step is over. The plan’s state: %(state)s.")
    state = {"state": plan.get_state_display()}
    return MovedOnError(str(words) % state, plan.get_absolute_url())


def _context(user: User, plan: Plan, act: Act, form: WordsForm) -> dict[str, Any]:
    today = timezone.localdate()
    problems = problems_of(plan, as_of=today) if act.is_checked else []
    return (_reading(user, plan) if act.key == "approve" else {}) | {
        "plan": plan,
        "act": act,
        "form": form,
        "blockers": [_line(plan, one) for one in problems if isinstance(one, Blocker)],
        "cautions": [one for one in problems if isinstance(one, Caution)],
        "approvers": approvers_of(plan, as_of=today) if act.key == "submit" else [],
        "may_write": acts_of(user, plan)["submit"],
        "crumbs": common.plan_crumbs(plan, (str(act.verb), "")),
    }


def _reading(user: User, plan: Plan) -> dict[str, Any]:
    """The hash of what is to be approved, and what came to it from outside since it was submitted.

    Figures go on, and what hangs at a plan has a life of its own: nobody approves unseen.
    """
    live = reads.live_document(plan, user=user, as_of=timezone.localdate())
    submitted, parts = reads.submitted_snapshot(plan), []
    if submitted is not None:
        submitted.plan = plan
        before = reads.frozen_document(submitted, user=user)
        parts = parts_of(reads.differences(before, live), before, live)
    return {
        "document_hash": reads.reading_hash(live),
        "submitted": submitted,
        "changed": parts,
        "approved_number": reads.approved_number(plan),
    }


def _line(plan: Plan, blocker: Blocker) -> dict[str, Any]:
    """A blocker with the place on the plan's page where it is mended."""
    kinds = {one.kind for one in plan.sections.all()}
    place = f"#section-{blocker.field}" if blocker.field in kinds else ""
    return {"words": blocker.message, "url": f"{plan.get_absolute_url()}{place}"}
