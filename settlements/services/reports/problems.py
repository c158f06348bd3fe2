"""What a sales report is refused for, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError


class ReportStateError(RefusedError):
    """A report that was decided on already, or cannot go this way."""

    code, field = "sales_report_state", "report"
    words = _("This report was decided on already.")


class NothingToReplaceError(RefusedError):
    """A replacement, addition or cancellation of a number of which nothing is here."""

    code, field = "sales_report_nothing_before", "function"
    words = _("There is no report with this number that this could be about.")


class NumberStandsError(RefusedError):
    """A second original of a number."""

    code, field = "sales_report_stands", "their_number"
    words = _(
        "There is a report with this number already. Send it as a replacement or an addition."
    )


class ReportLineError(RefusedError):
    """A line that does not fit its report; `row` says which."""

    code, field = "sales_report_line", "lines"
    words = _("This line does not fit the report.")


class ControlTotalError(RefusedError):
    """Lines that do not add up to what the report says of itself."""

    code, field = "sales_report_control_totals", "control_quantity"
    words = _("The lines do not add up to the control totals.")
