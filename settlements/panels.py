"""What this app adds to pages of others: the panel of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels

VIEW = "receivables.view"

PANELS = (
    Panel(
        slot="account",
        capability=VIEW,
        key="receivables",
        title=_("Receivables"),
        url_name="settlements:panel-receivables",
        icon="cash",
        order=25,
        open=True,
    ),
    Panel(
        slot="account",
        capability="terms.view",
        key="terms",
        title=_("Terms"),
        url_name="settlements:panel-terms",
        icon="contract",
        order=26,
    ),
    Panel(
        slot="account",
        capability="rebates.view",
        key="rebates",
        title=_("Rebates"),
        url_name="settlements:panel-rebates",
        icon="percentage",
        order=27,
    ),
)

NAVIGATION = (
    NavItem(
        key="agreements",
        title=_("Agreements"),
        icon="contract",
        url_name="settlements:agreement-list",
        capability="terms.view",
        order=90,
        keywords=_("terms contracts payment consignment concession guarantee"),
    ),
    NavItem(
        key="receivables",
        title=_("Receivables"),
        icon="cash",
        url_name="settlements:board",
        capability=VIEW,
        order=60,
        keywords=_("overdue open items ageing debtors DSO"),
    ),
    NavItem(
        key="ageing",
        title=_("Ageing"),
        icon="chart-bar",
        url_name="settlements:ageing",
        capability=VIEW,
        order=61,
        parent="receivables",
        keywords=_("as of bands buckets"),
    ),
    NavItem(
        key="overdue-work",
        title=_("Worklist"),
        icon="checklist",
        url_name="settlements:work-list",
        capability=VIEW,
        order=62,
        parent="receivables",
        keywords=_("collect remind queue"),
    ),
    NavItem(
        key="ledger-items",
        title=_("Items"),
        icon="file-invoice",
        url_name="settlements:item-list",
        capability=VIEW,
        order=63,
        parent="receivables",
        keywords=_("invoices credit notes documents ledger"),
    ),
    NavItem(
        key="unapplied",
        title=_("Unapplied receipts"),
        icon="coins",
        url_name="settlements:unapplied-list",
        capability=VIEW,
        order=64,
        parent="receivables",
        keywords=_("payments cash allocate"),
    ),
    NavItem(
        key="statements",
        title=_("Statements"),
        icon="file-text",
        url_name="settlements:statement-list",
        capability=VIEW,
        order=65,
        parent="receivables",
        keywords=_("statement of account PDF"),
    ),
    NavItem(
        key="expected-receipts",
        title=_("Expected receipts"),
        icon="calendar-dollar",
        url_name="settlements:expected",
        capability=VIEW,
        order=66,
        parent="receivables",
        keywords=_("cash forecast weeks"),
    ),
    NavItem(
        key="rebates",
        title=_("Rebates"),
        icon="percentage",
        url_name="settlements:rebate-list",
        capability="rebates.view",
        order=66,
        parent="receivables",
        keywords=_("volume discount bonus tiers accrual"),
    ),
    NavItem(
        key="controllers",
        title=_("Credit controllers"),
        icon="user-shield",
        url_name="settlements:controller-list",
        capability="receivables.assign_controller",
        order=67,
        parent="receivables",
        keywords=_("assignment who collects"),
    ),
    NavItem(
        key="extract-gaps",
        title=_("Items missing from extracts"),
        icon="file-search",
        url_name="settlements:gap-list",
        capability="receivables.post",
        order=68,
        create=True,
        keywords=_("full extract gaps review"),
    ),
    NavItem(
        key="periods",
        title=_("Accounting periods"),
        icon="calendar-check",
        url_name="settlements:period-list",
        capability="receivables.close_period",
        order=68,
        parent="receivables",
        keywords=_("close month books"),
    ),
    NavItem(
        key="receipt-new",
        title=_("New receipt"),
        icon="plus",
        url_name="settlements:receipt-create",
        capability="receivables.post",
        order=69,
        create=True,
        keywords=_("payment cash bank"),
    ),
    NavItem(
        key="document-new",
        title=_("New invoice or credit note"),
        icon="plus",
        url_name="settlements:document-create",
        capability="receivables.post",
        order=69,
        create=True,
        keywords=_("debit note document"),
    ),
)


def register() -> None:
    """Put the entries on the rail and the panel on the account page."""
    navigation.register(*NAVIGATION)
    panels.register(*PANELS)
