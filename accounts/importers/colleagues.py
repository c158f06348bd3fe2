"""Our own people from a personnel file: known by staff number or address, never given a sign-in."""

from __future__ import annotations

import re

from django.db.models import ManyToOneRel
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.importers import colleagues_sql as statements
from kam.core.text import search_key
from kam.identity.choices import Role
from kam.identity.models import SalesTeam, User
from kam.identity.services.teams import create_team
from kam.imports.columns import Column
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoRefusedError, UndoReport
from kam.imports.engine.run import Run

USER, TEAM = "identity_user", "identity_salesteam"
REASONS = {
    "no address": _("This is no e-mail address"),
    "address of somebody else": _("Somebody else has this e-mail address or staff number"),
    "circle of managers": _("The manager reports to this person"),
    "manager not found": _("Nobody has this staff number or e-mail address"),
}
NOTICES = {
    "addresses from logins": ngettext_lazy(
        "%(rows)s address is made from a login: put it right before you send a password link.",
        "%(rows)s addresses are made from logins: put them right before you send password links.",
        "rows",
    ),
    "sales teams": ngettext_lazy(
        "%(count)s sales team follows from who manages whom.",
        "%(count)s sales teams follow from who manages whom.",
        "count",
    ),
}
_LOGIN = re.compile(r"(?P<domain>[\w.-]+)\\(?P<name>[\w.-]+)")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SALES = re.compile(
    r"\bsales\b|account manag|key account|myynti|销售|kinh doanh|vânzări", re.IGNORECASE
)


def address(text: str) -> str | None:
    """Return an address in lower case; a login `DOMAIN\\name` becomes one nobody can send to."""
    if login := _LOGIN.fullmatch(text.strip()):
        text = f"{search_key(login['name'])}@{search_key(login['domain'])}.invalid"
    text = text.strip().lower()
    return text if _ADDRESS.fullmatch(text) else None


def name_in(mail: str) -> str:
    """Return the name that an address or a login shows: `jae.pak0@…` is Jae Pak."""
    local = mail.split("@", 1)[0].rsplit("\\", 1)[-1]
    words = re.split(r"[._\-\s]+", re.sub(r"\d+", "", local))
    return " ".join(word.capitalize() for word in words if word)


def sells(title: str) -> str:
    """Return the role of somebody who sells, by the title; empty for everybody else."""
    return str(Role.ACCOUNT_MANAGER) if _SALES.search(title) else ""


class ColleaguesImporter(Importer):
    """Who works here and who manages whom: leads and team members are chosen among them."""

    key = "colleagues"
    title = _("Colleagues")
    summary = _("Our own people: title, manager, sales team. Nobody gets a sign-in by import.")
    capability = "users.manage"
    icon = "user-star"
    order = 5
    alternatives = (frozenset({"email"}),)
    found_by = ("user_id",)
    columns = (
        Column(name="external_id", label=_("Staff number"), max_length=50, example="274",
               help=_("What personnel calls them; a second file updates by it."),
               synonyms=("employee id", "employee number", "staff number", "business entity id",
                         "id", "personnel number")),
        Column(name="email", label=_("E-mail"), required=True, max_length=254, read=address,
               example="jae.pak@example.com", help=_("Or a login like DOMAIN\\name."),
               synonyms=("email address", "mail", "login", "user name")),
        Column(name="name", label=_("Name"), max_length=200, example="Jae Pak",
               help=_("Empty: as the address shows it."),
               synonyms=("full name", "employee", "employee name")),
        Column(name="title", label=_("Title"), max_length=200, example="Sales Representative",
               help=_("Who sells becomes an account manager."),
               synonyms=("job title", "position", "role")),
        Column(name="manager", label=_("Manager"), max_length=254, example="274",
               help=_("Staff number or e-mail address; may stand further down in the file."),
               synonyms=("manager id", "reports to", "supervisor", "boss")),
        Column(name="mail_name", label=_("Name in the address"), derived_from="email",
               read=name_in),
        Column(name="role", label=_("Role"), derived_from="title", read=sells),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Know each colleague again, find the manager, compare with what stands."""
        author = run.batch.created_by
        if author is not None and not author.can(self.capability):
            run.blockers.append(gettext("Only administrators import colleagues."))
        for statement in (statements.NODES, statements.MANAGERS, statements.CYCLES):
            run.execute(statement)
        run.execute(statements.ROWS)
        if rows := run.value(statements.MADE_ADDRESSES):
            run.notice("addresses from logins", rows=rows)
        if teams := len(run.ids(statements.TEAM_MANAGERS)):
            run.notice("sales teams", count=teams)

    def apply(self, run: Run) -> None:
        """Write colleagues without a password, then the teams that sell."""
        changes.note_before(run, USER, "SELECT user_id FROM import_rows WHERE action = 'u'")
        run.execute(statements.KEEP_NO_SECRETS)
        run.execute(statements.UPDATE)
        run.execute(f"LOCK TABLE {USER} IN SHARE ROW EXCLUSIVE MODE")
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {USER}"))
        run.execute(statements.INSERT)
        changes.note_created(run, USER, f"SELECT id FROM {USER} WHERE id > {last:d}")
        run.execute(statements.FOUND)
        if teams := self._make_teams(run):
            run.also["sales teams"] = teams

    def _make_teams(self, run: Run) -> int:
        """A team for each manager of people who sell and have no team yet, under the one above."""
        made: dict[int, SalesTeam] = {}
        for manager_id, above_id, name in run.rows(statements.TEAMS):
            if (parent := made.get(above_id)) is None and above_id:
                parent = User.objects.select_related("team").get(pk=above_id).team
            made[manager_id] = create_team(name=_free_name(name), parent=parent)
        for manager_id, team in made.items():
            run.execute(statements.JOIN, {"manager": manager_id, "team": team.pk})
        ids = ", ".join(str(team.pk) for team in made.values())
        if ids:
            changes.note_created(run, TEAM, f"SELECT id FROM {TEAM} WHERE id IN ({ids})")
        return len(made)

    def undo(self, run: Run) -> UndoReport:
        """Put colleagues back as they were; refused once somebody made works with kam."""
        changes.refuse_when_built_upon(run)
        created = changes.created_ids(run, USER)
        if run.value(statements.SIGNED_IN, {"ids": created}) or _have_work(created):
            raise UndoRefusedError(
                gettext("Colleagues of this import lead accounts, signed in or were given work.")
            )
        teams = changes.created_ids(run, TEAM)
        run.execute(statements.LEAVE, {"teams": teams})
        restored = run.execute(statements.PUT_BACK, {"committed_at": run.batch.committed_at})
        removed = changes.remove_created(run, USER)
        run.execute(statements.EMPTY_TEAMS, {"teams": teams})
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)


def _have_work(ids: list[int]) -> bool:
    """Whether anything that the database holds to its user refers to one of these."""
    links = [
        one
        for one in User._meta.get_fields(include_hidden=True)
        if isinstance(one, ManyToOneRel)
        and not one.related_model._meta.proxy
        and getattr(one.field, "db_constraint", True)
    ]
    return any(
        one.related_model._base_manager.filter(**{f"{one.field.name}__in": ids}).exists()
        for one in links
    )


def _free_name(name: str) -> str:
    """Return a team's name that nobody has yet."""
    text, number = name[:190], 1
    while SalesTeam.objects.filter(name=text).exists():
        number += 1
        text = f"{name[:180]} {number}"
    return text
