"""What stands in the way of a business review."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError


class ReviewOverError(RefusedError):
    """A review that is done or cancelled stays as it is."""

    code = "review_over"
    words = _("This review is over: what was written down stays.")


class NoSummaryError(RefusedError):
    """A review is done once it has a summary."""

    code = "review_without_summary"
    field = "summary"
    words = _("Write a summary first.")


class NoPlanError(RefusedError):
    """Actions belong to a plan."""

    code = "review_without_plan"
    words = _("The review has no plan that an action could go to.")


class BecameAlreadyError(RefusedError):
    """A line becomes one thing once."""

    code = "review_line_became"
    words = _("This line became an action or a concern already.")


class TwiceError(RefusedError):
    """Somebody takes part once."""

    code = "review_participant_twice"
    words = _("This person takes part already.")
