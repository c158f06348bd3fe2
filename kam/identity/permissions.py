"""Which role may do what. A capability is `app.verb_noun`; scope (which rows) is another matter."""

from __future__ import annotations

from collections.abc import Iterable

from kam.identity.choices import Role

CAPABILITIES: dict[str, frozenset[Role]] = {
    "accounts.view": frozenset(Role),
    "accounts.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "accounts.create": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "accounts.merge": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "accounts.assign_lead": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "people.view": frozenset(Role),
    "people.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "people.rate": frozenset({Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.INTEGRATION}),
    "people.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "team.view": frozenset(Role),
    "team.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "promises.view": frozenset(Role),
    "promises.edit": frozenset(set(Role) - {Role.AUDITOR}),
    "requests.send": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "requests.answer": frozenset(set(Role) - {Role.AUDITOR}),
    "handovers.view": frozenset(Role),
    "handovers.make": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "products.edit": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "revenue.edit": frozenset({Role.ADMINISTRATOR, Role.CREDIT_CONTROLLER, Role.INTEGRATION}),
    "targets.edit": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "concentration.view": frozenset(Role),
    "concentration.recompute": frozenset(
        {Role.SALES_DIRECTOR, Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "concentration.set_thresholds": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "tiers.view": frozenset(Role),
    "tiers.rate": frozenset({Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "tiers.manage": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "tiers.override": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "whitespace.view": frozenset(Role),
    "whitespace.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "opportunities.view": frozenset(Role),
    "opportunities.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "health.view": frozenset(Role),
    "health.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "health.recompute": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "placement.view": frozenset(Role),
    "placement.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "placement.check": frozenset({Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR}),
    "portrait.view": frozenset(Role),
    "portrait.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "portrait.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "market.view": frozenset(Role),
    "market.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "market.merge": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "programme.view": frozenset(Role),
    "programme.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "programme.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "profitability.view": frozenset(Role),
    "costs.edit": frozenset({Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "interactions.view": frozenset(Role),
    "interactions.log": frozenset(set(Role) - {Role.AUDITOR}),
    "interactions.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "notifications.view": frozenset(Role),
    "imports.run": frozenset(
        {Role.SALES_DIRECTOR, Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "imports.view": frozenset(
        {
            Role.SALES_DIRECTOR,
            Role.CREDIT_CONTROLLER,
            Role.ADMINISTRATOR,
            Role.INTEGRATION,
            Role.AUDITOR,
        }
    ),
    "receivables.view": frozenset(Role),
    "receivables.post": frozenset({Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "receivables.allocate": frozenset(
        {Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "receivables.reverse": frozenset(
        {Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "receivables.close_period": frozenset({Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR}),
    "receivables.work": frozenset(
        {
            Role.ACCOUNT_MANAGER,
            Role.SALES_DIRECTOR,
            Role.CREDIT_CONTROLLER,
            Role.ADMINISTRATOR,
            Role.INTEGRATION,
        }
    ),
    "receivables.assign_controller": frozenset(
        {Role.SALES_DIRECTOR, Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "receivables.flag_overdue": frozenset(
        {Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "terms.view": frozenset(Role),
    "terms.edit": frozenset(set(Role) - {Role.AUDITOR}),
    "terms.approve": frozenset({Role.SALES_DIRECTOR, Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR}),
    "prices.view": frozenset(Role),
    "prices.edit": frozenset(set(Role) - {Role.AUDITOR}),
    "prices.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "prices.see_floor": frozenset(set(Role) - {Role.ACCOUNT_MANAGER}),
    "consignment.view": frozenset(Role),
    "consignment.edit": frozenset(set(Role) - {Role.AUDITOR}),
    "statements.view": frozenset(Role),
    "statements.draft": frozenset(set(Role) - {Role.AUDITOR}),
    "statements.post": frozenset({Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "rebates.view": frozenset(Role),
    "rebates.expect": frozenset(set(Role) - {Role.AUDITOR}),
    "rebates.accrue": frozenset({Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "credit.view": frozenset(Role),
    "credit.apply": frozenset(set(Role) - {Role.AUDITOR}),
    "credit.decide": frozenset({Role.SALES_DIRECTOR, Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR}),
    "credit.override": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "plans.view": frozenset(Role),
    "plans.edit": frozenset(
        {Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR, Role.INTEGRATION}
    ),
    "plans.work": frozenset(set(Role) - {Role.AUDITOR}),
    "plans.approve": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "plans.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "negotiations.view": frozenset(set(Role) - {Role.INTEGRATION}),
    "negotiations.edit": frozenset({Role.ACCOUNT_MANAGER, Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "negotiations.approve": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "negotiations.configure": frozenset({Role.SALES_DIRECTOR, Role.ADMINISTRATOR}),
    "scenarios.view": frozenset(Role),
    "scenarios.edit": frozenset(set(Role) - {Role.AUDITOR}),
    "reviews.view": frozenset(Role),
    "reviews.edit": frozenset(set(Role) - {Role.AUDITOR}),
    "rates.edit": frozenset({Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.INTEGRATION}),
    "jobs.view_all": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "history.view": frozenset(Role),
    "settings.view": frozenset(
        {Role.SALES_DIRECTOR, Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.AUDITOR}
    ),
    "settings.change": frozenset({Role.ADMINISTRATOR}),
    "users.manage": frozenset({Role.ADMINISTRATOR}),
    "demo.clear": frozenset({Role.ADMINISTRATOR}),
}
SEES_EVERYTHING = frozenset(
    {Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTEGRATION}
)


def grants(roles: Iterable[str], capability: str) -> bool:
    """Whether any of the roles has the capability; an unknown capability is a mistake.

    Raises KeyError for a capability that nobody defined, so that a typo fails loudly.
    """
    return not CAPABILITIES[capability].isdisjoint(roles)
