"""A field for a product: by our code, or by what it is called."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.models import Product


class ProductInput(forms.TextInput):
    """A text field with a list of products that follows what is typed; plain text without it."""

    template_name = "settlements/widgets/product.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what fills the list."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["list_id"] = f"{widget['attrs'].get('id') or name}-options"
        widget["options_url"] = reverse("settlements:product-options", args=[name])
        widget["attrs"] |= {"list": widget["list_id"], "autocomplete": "off", "spellcheck": "false"}
        return context

    def _render(
        self, template_name: str, context: dict[str, Any], renderer: Any = None
    ) -> SafeString:
        """Use the site's own templates; the renderer of forms knows only Django's."""
        return mark_safe(render_to_string(template_name, context))  # noqa: S308 - from a template


class ProductField(forms.CharField):
    """A product by our code, or by its whole name where only one is called so."""

    widget = ProductInput
    default_error_messages = {
        "unknown": _("There is no such product. Type a part of its name and choose from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Product"))
        kwargs.setdefault("help_text", _("Type our code, or a part of the name."))
        super().__init__(max_length=300, **kwargs)

    def clean(self, value: Any) -> Product | None:
        """Find the product that the text means."""
        text = super().clean(value)
        if not text:
            return None
        found: list[Product] = list(Product.objects.filter(code=text)[:1])
        found = found or list(
            Product.objects.filter(Q(name__iexact=text) | Q(code__iexact=text))[:2]
        )
        if len(found) != 1:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return found[0]
