"""What a plan is, and what it is made of."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanState(TextChoices):
    """The life of a plan; from an approved or active one a new revision goes back to draft."""

    DRAFT = "draft", pgettext_lazy("state of a plan", "Draft")
    IN_REVIEW = "in_review", pgettext_lazy("state of a plan", "In review")
    APPROVED = "approved", pgettext_lazy("state of a plan", "Approved")
    ACTIVE = "active", pgettext_lazy("state of a plan", "Active")
    CLOSED = "closed", pgettext_lazy("state of a plan", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("state of a plan", "Cancelled")


class Confidentiality(TextChoices):
    """Who may read a plan, on every way to it."""

    OPEN = "open", _("Open to the sales organisation")
    TEAM = "team", _("The account's team")
    NAMED = "named", _("Named people")


class PlanRole(TextChoices):
    """What somebody of ours does in a plan, beside its owner and its sponsor."""

    WRITER = "writer", pgettext_lazy("role in a plan", "Writes")
    READER = "reader", pgettext_lazy("role in a plan", "Reads")
    APPROVER = "approver", pgettext_lazy("role in a plan", "Approves")


class SectionKind(TextChoices):
    """The parts of a plan, in the order of the document."""

    AMBITION = "ambition", pgettext_lazy("section of a plan", "Ambition")
    FIGURES = "figures", pgettext_lazy("section of a plan", "Account in figures")
    PORTRAIT = "portrait", pgettext_lazy("section of a plan", "Portrait")
    SWOT = "swot", pgettext_lazy("section of a plan", "Strengths and weaknesses")
    OBJECTIVES = "objectives", pgettext_lazy("section of a plan", "Objectives and actions")
    KPIS = "kpis", pgettext_lazy("section of a plan", "Targets")
    LEVERS = "levers", pgettext_lazy("section of a plan", "Growth levers")
    SALES = "sales", pgettext_lazy("section of a plan", "Sales plan")
    MARKETING = "marketing", pgettext_lazy("section of a plan", "Marketing plan")
    PROGRAMME = "programme", pgettext_lazy("section of a plan", "Programme and exit barriers")
    RISKS = "risks", pgettext_lazy("section of a plan", "Risks and contingency")
    NEGOTIATION = "negotiation", pgettext_lazy("section of a plan", "Negotiation brief")


class SwotKind(TextChoices):
    STRENGTH = "strength", pgettext_lazy("SWOT", "Strength")
    WEAKNESS = "weakness", pgettext_lazy("SWOT", "Weakness")
    OPPORTUNITY = "opportunity", pgettext_lazy("SWOT", "Opportunity")
    THREAT = "threat", pgettext_lazy("SWOT", "Threat")


class Origin(TextChoices):
    """Where an item of a plan comes from."""

    TYPED = "typed", pgettext_lazy("origin of an item", "Written by hand")
    HEALTH = "health", pgettext_lazy("origin of an item", "Health")
    GAP = "gap", pgettext_lazy("origin of an item", "Stakeholder map")
    WHITESPACE = "whitespace", pgettext_lazy("origin of an item", "Whitespace")
    CONCERN = "concern", pgettext_lazy("origin of an item", "Concern")
    OVERDUE = "overdue", pgettext_lazy("origin of an item", "Overdue receivables")
    SWOT = "swot", pgettext_lazy("origin of an item", "Strengths and weaknesses")
    LOSS = "loss", pgettext_lazy("origin of an item", "Loss scenario")
    REVIEW = "review", pgettext_lazy("origin of an item", "Business review")
    CLONE = "clone", pgettext_lazy("origin of an item", "Plan before")
    FILE = "file", pgettext_lazy("origin of an item", "Import")
