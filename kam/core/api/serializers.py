"""Shapes of the API: what comes in is strict, what goes out never accepts input."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

_DAY_AFTER = _("The day after the last.")


class Input(serializers.Serializer[Any]):
    """What a caller sends: an unknown field is an error that names it, not silence."""

    default_error_messages = {
        "unknown_field": _("There is no such field."),
        "bad_characters": _("This has characters that no text can hold."),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse unknown fields together with everything else that is wrong."""
        problems: dict[Any, Any] = {}
        if isinstance(data, Mapping):
            if bad := [name for name, value in data.items() if not is_storable(value)]:
                raise serializers.ValidationError({n: self._error("bad_characters") for n in bad})
            unknown = sorted(set(data) - set(self.fields))
            problems = {name: self._error("unknown_field") for name in unknown}
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **problems}) from error  # type: ignore[dict-item]
        if problems:
            raise serializers.ValidationError(problems)
        return values

    def _error(self, code: str) -> list[serializers.ErrorDetail]:
        return [serializers.ErrorDetail(str(self.error_messages[code]), code=code)]


def is_storable(value: Any) -> bool:
    """Whether every text in a value can be stored: no NUL, no half of a surrogate pair."""
    if isinstance(value, str):
        return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, Mapping):
        return all(is_storable(inner) for pair in value.items() for inner in pair)
    if isinstance(value, list):
        return all(is_storable(inner) for inner in value)
    return True


class Output(serializers.Serializer[Any]):
    """What goes out. Every field is read-only: this can never be used to write."""

    def get_fields(self) -> dict[str, Any]:
        """The declared fields, none of which takes input."""
        fields = super().get_fields()
        for field in fields.values():
            field.read_only = True
        return fields


class AmountField(serializers.DecimalField):
    """An amount of money as a decimal text, at most 4 decimals; its currency stands beside it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 22)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(**kwargs)


class ShareField(serializers.FloatField):
    """A share or ratio as a JSON number (0.25 is 25 %)."""

    def to_representation(self, value: Any) -> Any:
        """The number; a share that cannot be computed is null."""
        return None if value is None else float(value)


class TextField(serializers.CharField):
    """A text of a limited length, which may be empty unless the field is required."""

    def __init__(self, *, max_length: int, required: bool = False, **kwargs: Any) -> None:
        super().__init__(
            max_length=max_length, required=required, allow_blank=not required, **kwargs
        )


def amount_text(value: Decimal | None) -> str | None:
    """An amount as it stands in a JSON answer that no serializer makes."""
    return None if value is None else f"{value:f}"


class DayAfter(serializers.DateField):
    """The end of a half-open period: the day after its last one."""

    def __init__(self, **kwargs: Any) -> None:
        open_ended = kwargs.get("allow_null", False)
        words = _("The day after the last; null: no end.") if open_ended else _DAY_AFTER
        kwargs.setdefault("help_text", words)
        super().__init__(**kwargs)
