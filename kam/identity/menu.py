from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation, user_menu


def register() -> None:
    """The entries of users, teams and absences, and of one's own profile."""
    navigation.register(
        NavItem(
            key="settings-users",
            title=_("Users"),
            icon="users",
            url_name="identity:user-list",
            capability="users.manage",
            order=126,
            parent="settings",
            keywords=_("roles sign-in password people"),
        ),
        NavItem(
            key="settings-teams",
            title=_("Sales teams"),
            icon="hierarchy-2",
            url_name="identity:team-list",
            capability="users.manage",
            order=127,
            parent="settings",
        ),
        NavItem(
            key="settings-delegations",
            title=_("Absences"),
            icon="beach",
            url_name="identity:delegation-list",
            capability="users.manage",
            order=128,
            parent="settings",
            keywords=_("delegation stand in holidays"),
        ),
    )
    user_menu.register(
        NavItem(
            key="profile",
            title=_("My profile"),
            icon="user-circle",
            url_name="identity:profile",
            order=10,
        )
    )
