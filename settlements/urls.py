"""Pages of receivables: board and ageing, ledger, receipts, work."""

from django.urls import URLPattern, path

from settlements.views import (
    ageing,
    allocating,
    board,
    controllers,
    documents,
    expected,
    gaps,
    items,
    panel,
    periods,
    receipts,
    statements,
    work,
    work_cards,
)
from settlements.views.consignment.routes import CONSIGNMENT
from settlements.views.credit import account as credit_account
from settlements.views.credit import acting as credit_acts
from settlements.views.credit import applications as credit_applications
from settlements.views.credit import board as credit_board
from settlements.views.credit import checks as credit_checks
from settlements.views.credit import files as credit_files
from settlements.views.prices.routes import PRICES
from settlements.views.rebates import board as rebates
from settlements.views.rebates import detail as rebate
from settlements.views.settling.routes import SETTLING
from settlements.views.terms.routes import AGREEMENTS

app_name = "settlements"

BOARD: list[URLPattern] = [
    path("receivables/", board.board, name="board"),
    path("receivables/flag/", board.flag, name="board-flag"),
    path("receivables/runs/<int:pk>/", board.progress, name="board-progress"),
    path("receivables/dso/", board.trend, name="board-trend"),
    path("receivables/ageing/", ageing.ageing_page, name="ageing"),
    path("receivables/ageing/collection/", ageing.collection, name="ageing-collection"),
    path("receivables/statements/", statements.statement_list, name="statement-list"),
    path("receivables/statements/zip/", statements.statement_zip, name="statement-zip"),
    path("receivables/statements/<int:pk>/", statements.statement_page, name="statement"),
    path("receivables/statements/<int:pk>/pdf/", statements.statement_as_pdf, name="statement-pdf"),
    path("receivables/expected/", expected.expected_receipts_page, name="expected"),
    path(
        "accounts/<int:pk>/receivables/",
        panel.receivables,
        name="panel-receivables",
    ),
]
LEDGER: list[URLPattern] = [
    path("receivables/items/", items.item_list, name="item-list"),
    path("receivables/unapplied/", items.unapplied_list, name="unapplied-list"),
    path("receivables/documents/new/", documents.document_create, name="document-create"),
    path("receivables/documents/<int:pk>/", documents.document_detail, name="document-detail"),
    path(
        "receivables/documents/<int:pk>/reverse/",
        documents.document_reverse,
        name="document-reverse",
    ),
    path("receivables/receipts/new/", receipts.receipt_create, name="receipt-create"),
    path("receivables/items/<int:pk>/allocate/", allocating.allocate_credit, name="allocate"),
    path("receivables/items/<int:pk>/refund/", allocating.item_refund, name="item-refund"),
    path("receivables/items/<int:pk>/write-off/", allocating.item_write_off, name="item-write-off"),
    path(
        "receivables/allocations/<int:pk>/reverse/",
        allocating.allocation_reverse,
        name="allocation-reverse",
    ),
    path("receivables/periods/", periods.period_list, name="period-list"),
    path("receivables/periods/close/", periods.period_close, name="period-close"),
    path("receivables/periods/<int:pk>/", periods.period_history, name="period-history"),
    path("receivables/periods/<int:pk>/reopen/", periods.period_reopen, name="period-reopen"),
]
WORK: list[URLPattern] = [
    path("receivables/work/", work.work_list, name="work-list"),
    path("receivables/work/card/", work_cards.overdue_card, name="card-overdue"),
    path("receivables/work/take/", work.work_take_many, name="work-take-many"),
    path("receivables/work/<int:pk>/", work.work_detail, name="work-detail"),
    path("receivables/work/<int:pk>/take/", work.work_take, name="work-take"),
    path("receivables/work/<int:pk>/wake/", work.work_wake, name="work-wake"),
    path("receivables/work/<int:pk>/do/<slug:name>/", work.work_do, name="work-do"),
    path("receivables/controllers/", controllers.controller_list, name="controller-list"),
    path(
        "receivables/controllers/assign/", controllers.controller_assign, name="controller-assign"
    ),
    path(
        "receivables/controllers/<int:pk>/end/", controllers.controller_end, name="controller-end"
    ),
    path("receivables/gaps/", gaps.gap_list, name="gap-list"),
    path("receivables/gaps/answer/", gaps.gap_answer_many, name="gap-answer-many"),
    path("receivables/gaps/<int:pk>/", gaps.gap_answer, name="gap-answer"),
    path("receivables/gaps/<int:pk>/reopen/", gaps.gap_reopen, name="gap-reopen"),
]

REBATES: list[URLPattern] = [
    path("rebates/", rebates.rebate_list, name="rebate-list"),
    path("rebates/run/", rebates.rebate_run, name="rebate-run"),
    path("rebates/runs/<int:pk>/", rebates.rebate_run_progress, name="rebate-run-progress"),
    path("rebates/<int:pk>/", rebate.rebate_detail, name="rebate-detail"),
    path("rebates/<int:pk>/expect/", rebate.rebate_expect, name="rebate-expect"),
    path("rebates/<int:pk>/settle/", rebate.rebate_settle, name="rebate-settle"),
    path("accounts/<int:pk>/rebates/", rebate.panel, name="panel-rebates"),
]

CREDIT: list[URLPattern] = [
    path("credit/", credit_board.credit_board, name="credit-board"),
    path("credit/run/", credit_board.credit_run, name="credit-run"),
    path("credit/settings/", credit_board.credit_rules, name="credit-rules"),
    path("credit/accounts/<int:pk>/", credit_account.credit_account, name="credit-account"),
    path(
        "credit/accounts/<int:pk>/history/", credit_account.limit_history, name="credit-history"
    ),
    path("credit/accounts/<int:pk>/limit/", credit_acts.limit_set, name="credit-limit-set"),
    path("credit/accounts/<int:pk>/hold/", credit_acts.hold_propose, name="credit-hold-new"),
    path("credit/accounts/<int:pk>/security/", credit_acts.cover_add, name="credit-cover-new"),
    path(
        "credit/accounts/<int:pk>/override/", credit_acts.account_override, name="credit-override"
    ),
    path("credit/limits/<int:pk>/take-back/", credit_acts.limit_revoke, name="credit-limit-end"),
    path("credit/security/<int:pk>/end/", credit_acts.cover_end, name="credit-cover-end"),
    path("credit/holds/<int:pk>/<slug:to>/", credit_acts.hold_move, name="credit-hold-move"),
    path(
        "credit/applications/", credit_applications.application_list,
        name="credit-application-list",
    ),
    path(
        "credit/applications/new/", credit_applications.application_new,
        name="credit-application-new",
    ),
    path(
        "credit/applications/<int:pk>/", credit_applications.application_detail,
        name="credit-application",
    ),
    path(
        "credit/applications/<int:pk>/edit/", credit_applications.application_edit,
        name="credit-application-edit",
    ),
    path(
        "credit/applications/<int:pk>/files/", credit_files.files_add,
        name="credit-files-add",
    ),
    path("credit/files/<int:pk>/", credit_files.application_file, name="credit-file"),
    path("credit/files/<int:pk>/remove/", credit_files.file_remove, name="credit-file-remove"),
    path(
        "credit/applications/<int:pk>/<slug:act>/", credit_applications.application_act,
        name="credit-application-act",
    ),
    path("credit/check/", credit_checks.check_new, name="credit-check-new"),
    path("credit/checks/<int:pk>/", credit_checks.check_detail, name="credit-check"),
    path(
        "credit/checks/<int:pk>/override/", credit_checks.check_override,
        name="credit-check-override",
    ),
    path("accounts/<int:pk>/credit/", credit_account.panel, name="panel-credit"),
]  # fmt: skip

urlpatterns = [
    *BOARD, *LEDGER, *WORK, *AGREEMENTS, *REBATES, *PRICES, *CREDIT, *CONSIGNMENT, *SETTLING,
]  # fmt: skip
