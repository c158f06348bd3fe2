from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.identity.forms.sign_in import FirstAdministratorForm
from kam.identity.services.demo import Claim


class ClearDemoForm(FirstAdministratorForm):
    """Who clears the demo: people of the demo say who they are, others confirm alone."""

    added = forms.BooleanField(
        label=_("Remove what was added to the demo since as well"), required=False
    )
    field_order = ["added", "full_name", "email", "password", "repeated"]

    def __init__(self, *args: Any, claims: bool, added: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claims = claims
        self.fields["full_name"].help_text = _("You stay as administrator under your own name.")
        dropped = [] if claims else ["full_name", "email", "password", "repeated"]
        for name in dropped if added else [*dropped, "added"]:
            del self.fields[name]

    def claim(self) -> Claim | None:
        """Who the administrator really is, where that is asked."""
        values = self.cleaned_data
        if not self.claims:
            return None
        return Claim(
            full_name=values["full_name"], email=values["email"], password=values["password"]
        )

    def including_added(self) -> bool:
        """Whether what was added goes too."""
        return bool(self.cleaned_data.get("added"))
