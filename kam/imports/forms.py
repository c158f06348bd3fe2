from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.core.dates import ONE_DAY, Period
from kam.imports.columns import Column
from kam.imports.engine.importer import Importer
from kam.imports.guessing import DATE_FORMATS, Sample
from kam.imports.mapping import ColumnMapping, MappingError
from kam.imports.models import DataSource
from kam.imports.options import ControlTotals, Options
from kam.imports.reading.encoding import ENCODINGS
from kam.imports.reading.values import is_date_format
from kam.imports.registry import importers

JOINED = 3
DELIMITERS = [(";", ";"), (",", ","), ("\t", _("tab")), ("|", "|")]


class UploadForm(forms.Form):
    """A file, what it holds and where it comes from."""

    kind = forms.ChoiceField(label=_("What it holds"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"), help_text=_("CSV, also packed with gzip, or an Excel workbook (.xlsx).")
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
        help_text=_(
            "The system it comes from, such as ERP or web shop. Lines and accounts are known again "
            "by their keys within the source, and its columns are remembered."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = cast("forms.ChoiceField", self.fields["kind"])
        kinds.choices = [(item.key, f"{item.title} – {item.summary}") for item in importers]

    def clean_file(self) -> File[bytes]:
        upload = cast("File[bytes]", self.cleaned_data["file"])
        limit: int = settings.KAM_UPLOAD_MAX_BYTES
        if upload.size > limit:
            text = gettext("The file is larger than %s. Divide it, or use the command line.")
            raise forms.ValidationError(text % filesizeformat(limit))
        return upload


class MappingForm(forms.Form):
    """Which column is which, how it is written, and what is allowed."""

    def __init__(
        self,
        *args: Any,
        importer: Importer,
        sample: Sample,
        mapping: ColumnMapping,
        options: Options,
        control_totals: ControlTotals,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.importer, self.sample, self.mapping = importer, sample, mapping
        for column in importer.visible_columns():
            self._add_column(column)
        self._add_format(mapping)
        self._add_options(importer, options, control_totals)

    def _add_column(self, column: Column) -> None:
        choices = [("", _("not in the file")), *((name, name) for name in self.sample.header)]
        chosen = self.mapping.columns.get(column.name, ())
        places = JOINED if column.name == "source_key" else max(1, len(chosen))
        for place in range(places):
            self.fields[f"column-{column.name}-{place}"] = forms.ChoiceField(
                label=str(column.label) if not place else _("joined with"),
                choices=choices,
                required=False,
                initial=chosen[place] if place < len(chosen) else "",
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        self.fields[f"constant-{column.name}"] = forms.CharField(
            label=_("the same for all rows"),
            required=False,
            max_length=200,
            initial=self.mapping.constants.get(column.name, ""),
            widget=forms.TextInput(
                attrs={
                    "class": "form-control",
                    "placeholder": column.example,
                    "aria-label": gettext("%s, the same for all rows") % column.label,
                }
            ),
        )

    def _add_format(self, mapping: ColumnMapping) -> None:
        formats = [form for form in DATE_FORMATS if form != "%Y-%m-%d"]
        if mapping.date_format and mapping.date_format not in formats:
            formats.append(mapping.date_format)
        today = date(2026, 12, 31)
        self.fields["date_format"] = forms.ChoiceField(
            label=_("Dates are written"),
            required=False,
            initial=mapping.date_format,
            choices=[("", "2026-12-31"), *((f, f"{today:{f}}") for f in formats)],
        )
        self.fields["decimal"] = forms.ChoiceField(
            label=_("Decimal sign"),
            initial=mapping.decimal,
            choices=[(".", "1,234.56"), (",", "1.234,56")],
        )
        self.fields["encoding"] = forms.ChoiceField(
            label=_("Encoding"),
            required=False,
            initial=mapping.encoding,
            choices=[("", _("found out")), *((name, name) for name in ENCODINGS)],
        )
        self.fields["delimiter"] = forms.ChoiceField(
            label=_("Delimiter"),
            required=False,
            initial=mapping.delimiter,
            choices=[("", _("found out")), *DELIMITERS],
        )

    def _add_options(
        self, importer: Importer, options: Options, control_totals: ControlTotals
    ) -> None:
        if importer.creates_accounts:
            self.fields["create_accounts"] = forms.BooleanField(
                label=_("Create accounts that are not known yet"),
                required=False,
                initial=options.create_accounts,
            )
        if importer.takes_extracts:
            self._add_extract(options)
        self.fields["control_rows"] = forms.IntegerField(
            label=_("Rows, as the sender counts them"),
            required=False,
            min_value=0,
            initial=control_totals.rows,
        )
        if importer.has_amounts:
            self.fields["control_amounts"] = forms.CharField(
                label=_("Total, as the sender adds it up"),
                required=False,
                initial="; ".join(f"{c} {a}" for c, a in control_totals.amounts.items()),
                help_text=_("By currency: EUR 1234.50; USD 99. A file that differs is refused."),
            )
        if importer.replaces_periods:
            period = options.replace
            self.fields["replace_from"] = forms.DateField(
                required=False,
                label=_("Replaces the source's data from"),
                initial=period.start if period else None,
                help_text=_("What the source had in the period and this file has not is removed."),
            )
            self.fields["replace_until"] = forms.DateField(
                required=False,
                label=_("up to and including"),
                initial=period.last_day if period else None,
            )
        self.fields["data_as_of"] = forms.DateField(
            required=False,
            label=_("Data as of"),
            initial=options.data_as_of,
            help_text=_("Until when it is complete. Empty: the latest date in the file."),
        )

    def _add_extract(self, options: Options) -> None:
        self.fields["full_extract"] = forms.BooleanField(
            label=_("This file holds everything that is open"),
            required=False,
            initial=options.full_extract,
            help_text=_(
                "What is open here and missing from it is listed for review. Nothing is posted."
            ),
        )
        self.fields["accept_shrunk"] = forms.BooleanField(
            label=_("Even if it leaves out more than half"),
            required=False,
            initial=options.accept_shrunk,
            help_text=_("Otherwise such a file is refused: it looks like half a file."),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("accept_shrunk") and not data.get("full_extract"):
            self.add_error(
                "accept_shrunk", _("This is only for a file that holds everything that is open.")
            )
        start, last = data.get("replace_from"), data.get("replace_until")
        if bool(start) != bool(last):
            self.add_error("replace_until", _("Give both days, or neither."))
        elif start and last and last < start:
            self.add_error("replace_until", _("The period ends before it begins."))
        try:
            mapping = self.chosen_mapping()
            self.importer.check(mapping)
            mapping.check(self.importer.columns, self.sample.header)
        except MappingError as error:
            self.add_error(None, str(error))
        return data

    def clean_control_amounts(self) -> dict[str, Decimal]:
        amounts: dict[str, Decimal] = {}
        for part in filter(str.strip, self.cleaned_data["control_amounts"].split(";")):
            code, _space, number = part.strip().partition(" ")
            try:
                amounts[code.upper()] = Decimal(number.strip().replace(",", ""))
            except InvalidOperation as error:
                raise forms.ValidationError(_("Write it as: EUR 1234.50; USD 99.")) from error
        return amounts

    def clean_date_format(self) -> str:
        value = str(self.cleaned_data["date_format"])
        if value and not is_date_format(value):
            raise forms.ValidationError(_("This is no date format."))
        return value

    def chosen_mapping(self) -> ColumnMapping:
        """What was chosen; what this page does not show stays as it was."""
        data = self.cleaned_data
        columns: dict[str, tuple[str, ...]] = {}
        constants: dict[str, str] = {}
        for column in self.importer.visible_columns():
            sources = [data.get(f"column-{column.name}-{n}", "") for n in range(JOINED)]
            if any(sources):
                columns[column.name] = tuple(filter(None, sources))
            if constant := data.get(f"constant-{column.name}"):
                constants[column.name] = constant
        return replace(
            self.mapping,
            columns=columns,
            constants=constants,
            date_format=data.get("date_format", ""),
            decimal=data.get("decimal", "."),
            encoding=data.get("encoding", ""),
            delimiter=data.get("delimiter", ""),
        )

    def chosen_options(self) -> Options:
        """What is allowed."""
        data = self.cleaned_data
        start, last = data.get("replace_from"), data.get("replace_until")
        return Options(
            create_accounts=bool(data.get("create_accounts")),
            replace=Period(start, last + ONE_DAY) if start and last else None,
            data_as_of=data.get("data_as_of"),
            full_extract=bool(data.get("full_extract")),
            accept_shrunk=bool(data.get("accept_shrunk")),
        )

    def chosen_totals(self) -> ControlTotals:
        """What the sender says the file holds."""
        data = self.cleaned_data
        return ControlTotals(rows=data.get("control_rows"), amounts=data.get("control_amounts", {}))

    def column_rows(self) -> Sequence[dict[str, Any]]:
        """For the template: each canonical column with its fields and examples."""
        return [self._column_row(column) for column in self.importer.visible_columns()]

    def _column_row(self, column: Column) -> dict[str, Any]:
        names = [f"column-{column.name}-{n}" for n in range(JOINED)]
        fields = [self[name] for name in names if name in self.fields]
        chosen = [str(field.value() or "") for field in fields]
        examples = [
            ", ".join(self.sample.examples(name)) for name in chosen if name in self.sample.header
        ]
        return {
            "column": column,
            "first": fields[0],
            "joined": fields[1:],
            "constant": self[f"constant-{column.name}"],
            "examples": " · ".join(filter(None, examples)),
        }

    def format_fields(self) -> list[forms.BoundField]:
        """For the template: how cells are written."""
        return [self[n] for n in ("date_format", "decimal", "encoding", "delimiter")]

    def option_fields(self) -> list[forms.BoundField]:
        """For the template: what is allowed and expected."""
        names = ("create_accounts", "full_extract", "accept_shrunk", "control_rows",
                 "control_amounts", "replace_from", "replace_until", "data_as_of")  # fmt: skip
        return [self[name] for name in names if name in self.fields]


class SourceForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    class Meta:
        model = DataSource
        fields = ["name", "expected_every_days"]
        help_texts = {
            "expected_every_days": _(
                "The source counts as late when its data is older. Empty: it may come any time."
            )
        }
