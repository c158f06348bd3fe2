"""What each session of the database is told as it begins."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_triggers_need_not_swallow_an_error_to_learn_that_none_is_left_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')::text[] = '{}'")
        assert cursor.fetchone() == (True,)
