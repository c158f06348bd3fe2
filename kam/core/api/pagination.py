from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Cursor pages in the view's order, ended by the primary key so that no row is skipped."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
