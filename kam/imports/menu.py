from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation


def register() -> None:
    """The entries of imports and their sources, and the palette's way to a new one."""
    navigation.register(
        NavItem(
            key="imports",
            title=_("Imports"),
            icon="file-import",
            url_name="imports:batch-list",
            capability="imports.view",
            order=100,
            keywords=_("upload file CSV Excel data"),
        ),
        NavItem(
            key="sources",
            title=_("Sources"),
            icon="database-import",
            url_name="imports:source-list",
            capability="imports.view",
            order=101,
            parent="imports",
            keywords=_("feeds systems late data as of"),
        ),
        NavItem(
            key="import-new",
            title=_("Import a file"),
            icon="file-import",
            url_name="imports:batch-create",
            capability="imports.run",
            order=102,
            create=True,
        ),
    )
