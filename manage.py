#!/usr/bin/env python
"""Run administrative commands; with no DATABASE_URL the embedded PostgreSQL serves them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")
    from django.core.management import execute_from_command_line

    from kam import embedded

    if embedded.uses_embedded_postgres():
        embedded.ensure_postgres()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
