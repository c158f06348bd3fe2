"""What one is told, and the way out of a mail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from kam.notifications import selectors
from kam.notifications.forms import ChoicesForm
from kam.notifications.registry import UnknownKindError, kind_of
from kam.notifications.services import choosing, links
from kam.notifications.views.notifications import VIEW


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Each kind with its ways, and when mails may come."""
    user = signed_in(request)
    form = ChoicesForm(
        request.POST or None,
        choices=selectors.choices_of(user),
        delivery=selectors.delivery_for(user),
    )
    if request.method == "POST" and form.is_valid() and _saved(user, form):
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:preferences")
    context = {
        "form": form,
        "lines": list(form.lines()),
        "crumbs": [(_("My profile"), reverse("identity:profile")), (_("Notifications"), "")],
    }
    status = 422 if form.errors else 200
    return render(request, "notifications/preferences.html", context, status=status)


def _saved(user: User, form: ChoicesForm) -> bool:
    try:
        choosing.choose_delivery(user=user, **form.delivery())
        choosing.choose_ways(user=user, ways=form.ways())
    except RefusedError as problem:
        add_to_form(form, problem)
        return False
    return True


@login_not_required
@never_cache
@csrf_exempt  # mail programs post here by themselves; the signed link is all that it needs
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and on POST switch one channel of one user off (RFC 8058)."""
    try:
        channel = links.channel_of(token)
        what = _("The daily digest") if channel.name == choosing.DIGEST else ""
        title = what or kind_of(channel.name).title
    except (links.BadLinkError, UnknownKindError) as error:
        raise Http404 from error
    done = request.method == "POST"
    if done:
        choosing.switch_off(user=channel.user, channel=channel.name)
    context = {"done": done, "what": title, "email": channel.user.email}
    return render(request, "notifications/unsubscribe.html", context)
