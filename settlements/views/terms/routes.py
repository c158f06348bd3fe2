"""Addresses of pages of agreements."""

from django.urls import URLPattern, path

from settlements.views.terms import (
    acts,
    adding,
    bands,
    comparing,
    editing,
    listing,
    many,
    panel,
    version,
)

_VERSION = "agreements/<int:pk>/versions/<int:number>/"
AGREEMENTS: list[URLPattern] = [
    path("agreements/", listing.agreement_list, name="agreement-list"),
    path("agreements/submit/", many.submit_many, name="agreement-submit-many"),
    path("agreements/approve/", many.approve_many, name="agreement-approve-many"),
    path("agreements/new/", listing.agreement_create, name="agreement-create"),
    path("agreements/<int:pk>/", listing.agreement_detail, name="agreement-detail"),
    path("agreements/<int:pk>/edit/", listing.agreement_edit, name="agreement-edit"),
    path(
        "agreements/<int:pk>/versions/new/",
        listing.version_create,
        name="agreement-version-create",
    ),
    path(_VERSION, version.version_page, name="agreement-version"),
    path(f"{_VERSION}file/", version.version_file, name="agreement-version-file"),
    path(f"{_VERSION}file/add/", version.file_add, name="agreement-file-add"),
    path(
        f"{_VERSION}terms/<int:term_pk>/month/",
        version.preview_deduction,
        name="agreement-preview-deduction",
    ),
    path(f"{_VERSION}discard/", listing.version_discard, name="agreement-version-discard"),
    path(f"{_VERSION}submit/", acts.version_submit, name="agreement-version-submit"),
    path(f"{_VERSION}approve/", acts.version_approve, name="agreement-version-approve"),
    path(f"{_VERSION}return/", acts.version_return, name="agreement-version-return"),
    path(f"{_VERSION}terminate/", acts.version_terminate, name="agreement-version-terminate"),
    path(f"{_VERSION}compare/", comparing.version_compare, name="agreement-version-compare"),
    path(f"{_VERSION}edit/", editing.version_edit, name="agreement-version-edit"),
    path(f"{_VERSION}edit/period/", editing.header_save, name="agreement-period-save"),
    path(f"{_VERSION}edit/bearers/", editing.bearers_save, name="agreement-bearers-save"),
    path(f"{_VERSION}edit/due/", editing.preview_due, name="agreement-preview-due"),
    path(f"{_VERSION}terms/new/", adding.term_create, name="agreement-term-create"),
    path(
        f"{_VERSION}terms/<int:term_pk>/remove/",
        adding.term_remove,
        name="agreement-term-remove",
    ),
    path(
        f"{_VERSION}terms/<int:term_pk>/<slug:part>/",
        editing.term_save,
        name="agreement-term-save",
    ),
    path(f"{_VERSION}bands/new/", bands.bands_edit, name="agreement-bands-create"),
    path(f"{_VERSION}bands/<int:schedule_pk>/", bands.bands_edit, name="agreement-bands-edit"),
    path(
        f"{_VERSION}bands/<int:schedule_pk>/remove/",
        bands.bands_remove,
        name="agreement-bands-remove",
    ),
    path(f"{_VERSION}conditions/new/", bands.condition_edit, name="agreement-condition-create"),
    path(
        f"{_VERSION}conditions/<int:condition_pk>/",
        bands.condition_edit,
        name="agreement-condition-edit",
    ),
    path(
        f"{_VERSION}conditions/<int:condition_pk>/remove/",
        bands.condition_remove,
        name="agreement-condition-remove",
    ),
    path("accounts/<int:pk>/terms/", panel.panel, name="panel-terms"),
]
