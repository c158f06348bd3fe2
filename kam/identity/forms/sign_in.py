from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kam.identity.models import User


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice; subclasses say whose it is, so that it is not their name."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters, not a common password, not your name."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def owner(self) -> User:
        """Whose password it will be."""
        return self.user or User()

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough."""
        values = super().clean() or self.cleaned_data
        password = values.get("password")
        if password and values.get("repeated") and password != values["repeated"]:
            self.add_error("repeated", _("The two passwords differ."))
        elif password:
            try:
                validate_password(password, self.owner())
            except ValidationError as error:
                self.add_error("password", error)
        return values


class PasswordChangeForm(NewPasswordForm):
    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["current", "password", "repeated"]

    def clean_current(self) -> str:
        """Refuse a wrong current password."""
        current: str = self.cleaned_data["current"]
        if not self.owner().check_password(current):
            raise ValidationError(_("This is not your current password."))
        return current


class FirstAdministratorForm(NewPasswordForm):
    full_name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You will sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    field_order = ["full_name", "email", "password", "repeated"]

    def owner(self) -> User:
        """The administrator to be."""
        values = self.cleaned_data
        return User(email=values.get("email", ""), full_name=values.get("full_name", ""))
