"""Form fields of accounts: chosen by typing among very many, always within the user's scope."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.text import search_key
from kam.identity.models import User

NUMBER = re.compile(r"#(\d{1,18})\s*$")


def as_typed(account: Account) -> str:
    """An account as the field offers and reads it: the number makes it unique."""
    return f"{account.name} #{account.pk}"


class AccountInput(forms.TextInput):
    """A text field with a list of accounts that follows what is typed; plain text without it."""

    template_name = "accounts/widgets/account.html"

    def format_value(self, value: Any) -> str | None:
        """Show a chosen account by name and number; what was typed stays as it is."""
        if isinstance(value, Account):
            return as_typed(value)
        if isinstance(value, int) and (account := Account.objects.filter(pk=value).first()):
            return as_typed(account)
        text: str | None = super().format_value(value)
        return text

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what fills the list."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["list_id"] = f"{widget['attrs'].get('id') or name}-options"
        widget["options_url"] = reverse("accounts:account-options", args=[name])
        widget["attrs"] |= {"list": widget["list_id"], "autocomplete": "off", "spellcheck": "false"}
        return context

    def _render(
        self, template_name: str, context: dict[str, Any], renderer: Any = None
    ) -> SafeString:
        """Use the site's own templates; the renderer of forms knows only Django's."""
        return mark_safe(render_to_string(template_name, context))  # noqa: S308 - from a template


class AccountField(forms.CharField):
    """An account by number, whole name or identifier; set `user` before it is used.

    A bare number that somebody types is a customer's own before it is ours: numbers of stores
    are written on their papers, ours are not.
    """

    widget = AccountInput
    user: User | None = None
    number = NUMBER
    default_error_messages = {
        "unknown": _("There is no such account. Type a part of its name and choose from the list."),
        "several": _("Several accounts are called this. Choose one from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Type a part of the name, or an identifier."))
        super().__init__(max_length=400, **kwargs)

    def clean(self, value: Any) -> Account | None:
        """Find the account that the text means, among those that the user may see."""
        text = super().clean(value)
        return self._account(text) if text else None

    def _account(self, text: str) -> Account:
        rows = Account.objects.none()
        if self.user is not None:
            rows = Account.objects.visible_to(self.user).not_merged()
        number = self.number.search(text)
        found: Account | None = rows.filter(pk=int(number[1])).first() if number else None
        if found is not None:
            return found
        key = search_key(text)
        by_identifier = rows.filter(identifiers__value=text).values("pk")
        exact: list[Account] = list(rows.filter(Q(name_key=key) | Q(pk__in=by_identifier))[:2])
        if not exact and re.fullmatch(r"\d{1,18}", text):  # a number of theirs goes before ours
            exact = list(rows.filter(pk=int(text)))
        if len(exact) != 1:
            code = "several" if exact else "unknown"
            raise forms.ValidationError(self.error_messages[code], code=code)
        return exact[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what would be shown with what was sent."""
        shown = as_typed(initial) if isinstance(initial, Account) else initial
        return super().has_changed(shown, data)


class LinkedAccountField(AccountField):
    """An account in the address of a page: a bare number is ours, as links write it."""

    number = re.compile(r"(?:^|#)(\d{1,18})\s*$")


def give_user(form: forms.BaseForm, user: User) -> None:
    """Let the account fields of a form look only where the user may."""
    for field in form.fields.values():
        if isinstance(field, AccountField):
            field.user = user
