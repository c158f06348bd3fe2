from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, topbar, user_menu


def register() -> None:
    """The bell, and the entry of one's own choices."""
    topbar.register(
        NavItem(
            key="notifications",
            title=_("Notifications"),
            icon="bell",
            url_name="notifications:bell",
            capability="notifications.view",
            order=10,
        )
    )
    user_menu.register(
        NavItem(
            key="notification-choices",
            title=_("Choose what is sent"),
            icon="bell-cog",
            url_name="notifications:preferences",
            capability="notifications.view",
            order=20,
            keywords=_("e-mail digest notifications"),
        )
    )
