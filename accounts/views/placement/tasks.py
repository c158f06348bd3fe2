"""Gaps become follow-ups: the button beside what is missing in a store."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.choices import CheckState
from accounts.models import StoreCheckLine
from accounts.services import tasks as services
from accounts.views.placement import common
from kam.core import formats, htmx
from kam.core.pages import safe_next
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in


@requires("placement.check")
@require_POST
def follow_up(request: HttpRequest, line_pk: int) -> HttpResponse:
    """Make a gap a follow-up of the lead's, with one tap; asked again it is the same one."""
    user = signed_in(request)
    rows = StoreCheckLine.objects.visible_to(user).select_related(
        "check_of__account", "placement__product", "placement__category"
    )
    known = Q(check_of__state=CheckState.FINISHED) | Q(check_of__checker=user)
    line: StoreCheckLine = get_object_or_404(rows.filter(known), pk=line_pk)
    if not common.may_follow_up(user, line.check_of.account):
        raise Http404
    said, problem, task = "", "", None
    try:
        task, is_new = services.follow_up(line=line, as_of=timezone.localdate(), created_by=user)
        words = _("%(who)s has it to do until %(day)s.") if is_new else _("%(who)s is on it.")
        said = words % {"who": task.owner.full_name, "day": formats.date(task.due_on)}
    except RefusedError as refused:
        problem = str(refused)
    if not htmx.is_htmx(request):
        (messages.error if problem else messages.success)(request, problem or said)
        return redirect(safe_next(request, line.check_of.get_absolute_url()))
    context = {"task": task, "line": line, "may_follow_up": True}
    response = htmx.render_part(request, "accounts/gap_action.html", context, "action")
    return htmx.toast(response, problem or said, "danger" if problem else "success")
