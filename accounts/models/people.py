"""People at accounts: who stands where from when to when, in which function and roles."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import CalendarKind, DecisionRole, Function, StakeholderLinkKind
from accounts.models import people_triggers as triggers
from accounts.models.accounts import Account
from accounts.models.shared import any_category, half_open_period, period_not_empty
from accounts.querysets import (
    AccountScopedQuerySet,
    LineQuerySet,
    NoteQuerySet,
    PersonQuerySet,
    PositionQuerySet,
)
from kam.core.models import Record
from kam.core.tracking import track

STRENGTHS = (1, 2, 3)


@track()
class Person(Record):
    """Somebody on the customers' side. Function and roles belong to the place, see `Position`."""

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="person_has_a_name",
                violation_error_message=_("A person needs a name."),
            ),
            models.CheckConstraint(
                condition=Q(language="") | Q(language__regex=r"^[a-z]{2,3}(-[a-z]{2,4})?$"),
                name="person_language_code",
                violation_error_message=_("A language is a code such as fi or zh-hans."),
            ),
        ]
        indexes = [
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="person_name_trigrams"),
            models.Index(fields=["name_key", "id"], name="person_name_order"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:person-detail", args=[self.pk])


@track()
class PersonIdentifier(Record):
    """What another system calls the person; a file sent again finds the person by it."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="identifiers", verbose_name=_("person")
    )
    system = models.CharField(_("system"), max_length=50)
    value = models.CharField(_("identifier"), max_length=200)

    class Meta:
        verbose_name = _("identifier of a person")
        verbose_name_plural = _("identifiers of people")
        ordering = ["system", "value", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "value"],
                name="person_identifier_unique",
                violation_error_message=_("Another person has this identifier already."),
            ),
            models.CheckConstraint(
                condition=~Q(value="") & ~Q(system=""), name="person_identifier_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.value}"


@track()
class Position(Record):
    """A place at an account in a half-open period: whose it is, and what it decides.

    Without a person it is a placeholder: a role that somebody holds whom nobody of us has met.
    The database refuses circles of reporting and lines that leave the customer's tree.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="people_positions", verbose_name=_("account")
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="positions",
        verbose_name=_("person"),
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    function = models.CharField(_("function"), max_length=14, choices=Function)
    roles = ArrayField(
        models.CharField(max_length=20, choices=DecisionRole),
        default=list,
        blank=True,
        verbose_name=_("decision roles"),
    )
    reports_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("reports to"),
    )
    valid = half_open_period()

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["account_id", "valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="position_once_at_a_date",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person has a place at the account already then."),
            ),
            period_not_empty("position_period_not_empty"),
            models.CheckConstraint(
                condition=Q(function__in=Function.values),
                name="position_function_known",
                violation_error_message=_("There is no such function."),
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=DecisionRole.values),
                name="position_roles_known",
                violation_error_message=_("There is no such decision role."),
            ),
            models.CheckConstraint(
                condition=Q(reports_to__isnull=True) | ~Q(reports_to=F("id")),
                name="position_not_its_own_boss",
                violation_error_message=_("Nobody reports to themselves."),
            ),
        ]
        indexes = [models.Index(fields=["account", "function"], name="position_function")]
        triggers = triggers.POSITION

    def __str__(self) -> str:
        name = self.person.name if self.person is not None else _("Nobody known")
        return f"{name}, {self.title or self.get_function_display()}"

    @property
    def is_placeholder(self) -> bool:
        return self.person_id is None


@track()
class StakeholderLink(Record):
    """What no org chart shows: who listens to whom, and who is at odds with whom."""

    from_position = models.ForeignKey(
        Position, models.CASCADE, related_name="links_from", verbose_name=_("from")
    )
    to_position = models.ForeignKey(
        Position, models.CASCADE, related_name="links_to", verbose_name=_("to")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=StakeholderLinkKind)
    strength = models.PositiveSmallIntegerField(_("strength"), default=2)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("informal line")
        verbose_name_plural = _("informal lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "from_position", "to_position"],
                name="stakeholder_link_once",
                violation_error_message=_("This line is drawn already."),
            ),
            models.UniqueConstraint(
                Least("from_position", "to_position"),
                Greatest("from_position", "to_position"),
                condition=Q(kind=StakeholderLinkKind.CONFLICT),
                name="stakeholder_conflict_once",
                violation_error_message=_("This conflict is drawn already."),
            ),
            models.CheckConstraint(
                condition=~Q(from_position=F("to_position")),
                name="stakeholder_link_not_to_itself",
                violation_error_message=_("A line needs two different people."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=StakeholderLinkKind.values),
                name="stakeholder_link_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(strength__in=STRENGTHS),
                name="stakeholder_link_strength",
                violation_error_message=_("Strength is 1, 2 or 3."),
            ),
        ]
        triggers = triggers.LINK

    def __str__(self) -> str:
        return f"{self.from_position_id} {self.kind} {self.to_position_id}"


@track()
class StakeholderNote(Record):
    """What the account's team alone may read about somebody at the account."""

    position = models.ForeignKey(
        Position, models.CASCADE, related_name="notes", verbose_name=_("position")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("note"), max_length=4000)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("confidential note")
        verbose_name_plural = _("confidential notes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="stakeholder_note_not_empty")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


@track()
class DecisionStep(Record):
    """One step of how an account decides on a category (none: on everything), in order."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="decision_steps", verbose_name=_("account")
    )
    category = any_category()
    number = models.PositiveSmallIntegerField(_("step"))
    name = models.CharField(_("what is decided"), max_length=200)
    place = models.CharField(_("where"), max_length=200, blank=True)
    position = models.ForeignKey(
        Position,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decision_steps",
        verbose_name=_("who decides"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision step")
        verbose_name_plural = _("decision steps")
        ordering = ["account_id", "category_id", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "category", "number"],
                name="decision_step_number_once",
                nulls_distinct=False,
                violation_error_message=_("There is a step with this number already."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="decision_step_has_a_name",
                violation_error_message=_("Say what is decided in this step."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="decision_step_number_from_1",
                violation_error_message=_("Steps are numbered from 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


@track()
class CustomerDate(Record):
    """A date of the customer's own calendar, with a reminder so many days ahead."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="customer_dates", verbose_name=_("account")
    )
    category = any_category()
    kind = models.CharField(_("kind"), max_length=14, choices=CalendarKind)
    title = models.CharField(_("title"), max_length=200, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    remind_days = models.PositiveSmallIntegerField(
        _("remind days ahead"),
        null=True,
        blank=True,
        help_text=_("Empty: no reminder."),
    )

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("date of the customer")
        verbose_name_plural = _("dates of the customer")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="customer_date_ends_after_start",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(remind_days__isnull=True) | Q(remind_days__lte=365),
                name="customer_date_reminder_within_a_year",
                violation_error_message=_("A reminder comes at most 365 days ahead."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CalendarKind.values), name="customer_date_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["starts_on"], name="customer_date_start")]

    def __str__(self) -> str:
        return f"{self.title or self.get_kind_display()}, {self.starts_on}"
