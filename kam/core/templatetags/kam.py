"""Tags of the interface: figures, dates, icons and components. `{% load kam %}`."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from typing import Any

from django import forms, template
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kam.core import dates, formats
from kam.core.badges import Badge, State, Tier
from kam.core.charts import sparkline as draw_sparkline
from kam.core.icons import icon as draw_icon

register = template.Library()
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# icons: arrow-up-right arrow-down-right arrow-right


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite."""
    return draw_icon(name, label=label, css=css)


def _figure(text: str) -> SafeString:
    return format_html('<span class="num">{}</span>', text)


@register.simple_tag
def money(
    amount: Any, currency: str = "", places: int | None = None, reason: str = ""
) -> SafeString:
    """An amount with its currency code."""
    if formats.is_missing(amount):
        return formats.missing(amount, reason)
    return _figure(formats.money(amount, currency, places))


@register.simple_tag
def number(value: Any, places: int | None = None, reason: str = "") -> SafeString:
    """A number."""
    if formats.is_missing(value):
        return formats.missing(value, reason)
    return _figure(formats.number(value, places))


@register.simple_tag
def percent(fraction: Any, places: int = 1, reason: str = "") -> SafeString:
    """A fraction as a percentage."""
    if formats.is_missing(fraction):
        return formats.missing(fraction, reason)
    return _figure(formats.percent(fraction, places))


@register.simple_tag
def compact(value: Any, currency: str = "", reason: str = "") -> SafeString:
    """A long figure cut short, exact on hover."""
    if formats.is_missing(value):
        return formats.missing(value, reason)
    exact = formats.money(value, currency)
    short = f"{formats.compact(value)}\N{NO-BREAK SPACE}{currency}".rstrip("\N{NO-BREAK SPACE}")
    return format_html('<span class="num" title="{}">{}</span>', exact, short)


@register.simple_tag
def delta(value: Any, reference: str = "", good: str = "neither", places: int = 1) -> SafeString:
    """A change as a fraction, with sign, arrow and what it is held against."""
    if formats.is_missing(value):
        return formats.missing(value)
    direction = "up" if value > 0 else "down" if value < 0 else "flat"
    mood = (
        "neither"
        if good == "neither" or direction == "flat"
        else ("good" if good == direction else "bad")
    )
    arrow = {"up": "arrow-up-right", "down": "arrow-down-right", "flat": "arrow-right"}[direction]
    return format_html(
        '<span class="delta is-{} is-{}">{}{}</span>{}',
        direction,
        mood,
        draw_icon(arrow),
        formats.signed(formats.percent(value, places), value),
        format_html(' <span class="text-secondary">{}</span>', reference) if reference else "",
    )


@register.simple_tag
def unknown(reason: str = "") -> SafeString:
    """The dash of a missing figure."""
    return formats.unknown(reason)


@register.filter
def day(value: dt.date | None) -> str | SafeString:
    """A date in the locale's form."""
    return formats.unknown() if value is None else formats.date(value)


@register.filter
def last_day(valid: Any) -> str | SafeString:
    """The last day of a half-open range of days in the locale's form."""
    return day(dates.last_day(valid))


@register.filter
def moment(value: dt.datetime | None) -> str | SafeString:
    """A moment in the user's time zone, machine-readable as well."""
    if value is None:
        return formats.unknown()
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.datetime(value))


@register.simple_tag
def badge(text: str, state: State = "neutral", icon: str = "", title: str = "") -> SafeString:
    """A state with its icon and word."""
    return Badge(text, state, icon, title).__html__()


@register.simple_tag
def tier(name: str, rank: int, provisional: bool = False) -> SafeString:
    """A tier's shape, letter and name."""
    return Tier(name, rank, provisional).__html__()


@register.simple_tag
def sparkline(values: Any, label: str = "") -> SafeString:
    """A small line."""
    return draw_sparkline(list(values), label=label)


# Forms


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choice-list"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def _readable_format(pattern: str) -> str:
    names = {"%Y": "yyyy", "%m": "mm", "%d": "dd", "%y": "yy", "%b": "mon", "%B": "month"}
    for code, text in names.items():
        pattern = pattern.replace(code, text)
    return pattern


class _WrittenDay(forms.DateInput):
    """A day of an address (2026-11-23) stands in the field as people write it."""

    def format_value(self, value: Any) -> str | None:
        """The day in the locale's form; what is no day stays as it was typed."""
        if isinstance(value, str) and _ISO_DAY.fullmatch(value):
            with suppress(ValueError):
                value = dt.date.fromisoformat(value)
        return super().format_value(value)


def _dress(field: forms.BoundField, **more: str) -> SafeString:
    widget = field.field.widget
    css = f"{_css(widget)} {widget.attrs.get('class', '')}".strip()
    attrs: dict[str, Any] = {"class": f"{css} is-invalid" if field.errors else css, **more}
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        pattern = _readable_format(str(widget.format or get_format("DATE_INPUT_FORMATS")[0]))
        attrs |= {"placeholder": pattern, "data-date": pattern, "autocomplete": "off"}
        return field.as_widget(_WrittenDay(widget.attrs, widget.format), attrs=attrs)
    if isinstance(widget, forms.MultiWidget):
        for part in widget.widgets:
            part.attrs.setdefault("class", _css(part))
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("components/field.html")
def field(field: forms.BoundField, label: str = "", compact: bool = False) -> dict[str, Any]:
    """A form field: label above, control, help below, errors beside."""
    widget = field.field.widget
    return {
        "field": field,
        "label": label or field.label,
        "compact": compact,
        "control": _dress(field),
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_group": bool(widget.use_fieldset),
    }


def _call_nothing_any(field: forms.Field) -> None:
    """A yes-or-no filter that is not used says "Any" rather than "Unknown"."""
    if isinstance(field.widget, forms.NullBooleanSelect):
        _unknown, *answers = field.widget.choices
        field.widget.choices = [("", _("Any")), *answers]


@register.inclusion_tag("components/field.html")
def filter_field(field: forms.BoundField, table_id: str) -> dict[str, Any]:
    """A field of a table's filter form, which stands elsewhere on the page."""
    widget = field.field.widget
    _call_nothing_any(field.field)
    return {
        "field": field,
        "label": field.label,
        "compact": True,
        "control": _dress(field, form=f"{table_id}-filters"),
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_group": bool(widget.use_fieldset),
    }


@register.inclusion_tag("components/form_body.html")
def form_body(form: forms.BaseForm, more: str = "") -> dict[str, Any]:
    """All fields of a form; those named in `more` (or `form.more`) fold away unless in error."""
    names = more.split(",") if more else list(getattr(form, "more", ()))
    folded = [bound for bound in form.visible_fields() if bound.name in names]
    return {
        "form": form,
        "fields": [bound for bound in form.visible_fields() if bound.name not in names],
        "folded": folded,
        "unfold": any(map(_says_something, folded)),
    }


def _says_something(bound: forms.BoundField) -> bool:
    """Whether a field must be seen: it is in error, or says other than what it begins with."""
    if bound.form.is_bound:
        return bool(bound.errors) or bound.name in bound.form.changed_data
    return bound.value() not in (None, "", False, [], bound.field.initial)
