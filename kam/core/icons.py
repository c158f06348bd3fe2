"""The icon sprite that the asset build makes of the names found in templates and Python."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kam.core.formats import Text

SPRITE = "dist/icons.svg"


def icon(name: str, *, label: Text = "", css: str = "") -> SafeString:
    """One icon of the sprite: decoration unless it has a label."""
    classes = f"icon {css}".strip()
    href = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            href,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        classes,
        href,
    )
