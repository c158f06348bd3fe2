"""Addresses of pages of settlement statements."""

from django.urls import URLPattern, path

from settlements.views.settling import acts, detail, limits, lists, panel

_ONE = "settlement-statements/<int:pk>/"
SETTLING: list[URLPattern] = [
    path("settlement-statements/", lists.settling_list, name="settling-list"),
    path("settlement-statements/due/", lists.settling_due, name="settling-due"),
    path("settlement-statements/due/draft/", lists.settling_draft_all, name="settling-draft-all"),
    path("settlement-statements/new/<int:pk>/", lists.settling_create, name="settling-create"),
    path("settings/posting-limits/", limits.posting_limits, name="posting-limits"),
    path(_ONE, detail.settling_detail, name="settling-detail"),
    path(f"{_ONE}lines/<int:line>/", detail.settling_sources, name="settling-sources"),
    path(f"{_ONE}pdf/", detail.settling_pdf, name="settling-pdf"),
    path(f"{_ONE}file/", detail.settling_file, name="settling-file"),
    path(f"{_ONE}redraft/", acts.settling_redraft, name="settling-redraft"),
    path(f"{_ONE}issue/", acts.settling_issue, name="settling-issue"),
    path(f"{_ONE}dispute/", acts.settling_dispute, name="settling-dispute"),
    path(f"{_ONE}stand/", acts.settling_reject, name="settling-reject"),
    path(f"{_ONE}correct/", acts.settling_correct, name="settling-correct"),
    path(f"{_ONE}confirm/", acts.settling_confirm, name="settling-confirm"),
    path(f"{_ONE}post/", acts.settling_post, name="settling-post"),
    path(f"{_ONE}take-back/", acts.settling_take_back, name="settling-take-back"),
    path(f"{_ONE}cancel/", acts.settling_cancel, name="settling-cancel"),
    path("accounts/<int:pk>/settlement-statements/", panel.panel, name="panel-settling"),
]
