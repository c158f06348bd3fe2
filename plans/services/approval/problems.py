"""Why a step of a plan is refused, in words for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError


class NotWaitingError(RefusedError):
    """A decision on a plan that does not wait for one."""

    code = "plan_not_in_review"
    words = _("This plan does not wait for approval.")


class AuthorError(RefusedError):
    """An approval by somebody who wrote in this revision, owns the plan or submitted it."""

    code = "plan_approved_by_another"
    words = _("Nobody approves a plan that they wrote.")


class NotApproverError(RefusedError):
    """A decision by somebody who may not decide."""

    code = "plan_not_approver"
    words = _("You may not decide on this plan.")


class ChangedError(RefusedError):
    """An approval of a plan that does not say any more what its approver read."""

    code, field = "plan_changed_meanwhile", "document_hash"
    words = _("The plan shows something else than when you opened it. Read it again, then decide.")


class NoWordsError(RefusedError):
    """A step that must say why, and does not."""

    code, field = "plan_needs_words", "text"
    words = _("Say it in words.")


class WrongStateError(RefusedError):
    """A step that does not start from where the plan stands."""

    code = "plan_goes_its_way"
    words = _("The plan cannot take this step in its present state.")
