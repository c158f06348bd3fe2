"""Clearing the demo company before real data comes in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kam.core import demo
from kam.core.models import Organisation
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.forms.demo import ClearDemoForm
from kam.identity.services.demo import clear_demo, is_demo_person


@requires("demo.clear")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def demo_clear(request: HttpRequest) -> HttpResponse:
    """Ask, naming what goes and what stays, then clear; 404 when the data is not the demo's."""
    if not Organisation.objects.filter(is_demo=True).exists():
        raise Http404
    user, added = signed_in(request), demo.added_to_demo()
    sent = request.POST if request.method == "POST" else None
    form = ClearDemoForm(sent, claims=is_demo_person(user), added=bool(added))
    if form.is_valid():
        try:
            removed = clear_demo(
                by=user, claim=form.claim(), including_added=form.including_added()
            )
        except demo.RealDataError:
            words = _("Something was added to the demo since. Tick the box to remove it too.")
            form.add_error(None, words)
        except demo.NoDemoError as error:
            raise Http404 from error
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            update_session_auth_hash(request, user)
            return _cleared(request, sum(removed.values()))
    return _question(request, form, added)


def _cleared(request: HttpRequest, rows: int) -> HttpResponse:
    words = ngettext(
        "The demo company is gone: %(rows)s row. Now name your organisation.",
        "The demo company is gone: %(rows)s rows. Now name your organisation.",
        rows,
    )
    messages.success(request, words % {"rows": rows})
    return redirect("core:organisation-edit")


def _question(request: HttpRequest, form: ClearDemoForm, added: dict[str, int]) -> HttpResponse:
    since = [
        _("Added since: %(count)s %(what)s") % {"count": n, "what": w} for w, n in added.items()
    ]
    return confirm_page(
        request,
        title=_("Clear the demo company?"),
        text=_("Do this once, before your own data comes in: the two never mix.")
        if not form.claims
        else _(
            "Do this once, before your own data comes in: the two never mix. Say who you are, for"
            " everybody knows the demo's passwords."
        ),
        verb=_("Clear the demo company"),
        goes=[
            _("The demo's accounts, products, revenue, targets, imports and rates"),
            _("Its people, teams and selling companies"),
            *since,
        ],
        stays=[_("You, as administrator"), _("Users that you created"), _("Currencies")],
        form=form,
        back_url=reverse("core:settings"),
    )
