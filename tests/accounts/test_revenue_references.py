"""Revenue entries refer to rows that exist: checked by statement triggers instead of row by row."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Account, AccountFigure, RevenueEntry
from tests.factories.accounts import make_account, make_entry

COLUMNS = ["source_id", "batch_id", "account_id", "product_id", "category_id"]


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
def test_entry_cannot_refer_to_what_is_not_there(column: str) -> None:
    entry = make_entry(account=make_account(name="A"), amount="10")
    with pytest.raises(IntegrityError, match=r"no .* 999999999"), transaction.atomic():
        RevenueEntry.objects.filter(pk=entry.pk).update(**{column: 999_999_999})
    entry.refresh_from_db()
    assert getattr(entry, column) != 999_999_999


@pytest.mark.django_db
def test_entry_cannot_have_an_unknown_currency() -> None:
    entry = make_entry(account=make_account(name="A"), amount="10")
    with pytest.raises(IntegrityError, match="no core_currency XQX"), transaction.atomic():
        RevenueEntry.objects.filter(pk=entry.pk).update(currency_id="XQX")


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["accounts_account", "imports_importbatch", "imports_datasource"])
def test_row_with_entries_cannot_be_deleted_by_hand(table: str) -> None:
    make_entry(account=make_account(name="A"), amount="10")
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
    assert RevenueEntry.objects.count() == 1


@pytest.mark.django_db
def test_row_without_entries_can_be_deleted() -> None:
    make_entry(account=make_account(name="A"), amount="10")
    other = make_account(name="B")
    AccountFigure.objects.filter(account=other).delete()  # a trigger made it
    Account.objects.filter(pk=other.pk)._raw_delete("default")
    assert list(Account.objects.values_list("name", flat=True)) == ["A"]


@pytest.mark.django_db(transaction=True)
def test_account_is_not_deleted_while_an_entry_for_it_is_on_its_way() -> None:
    account = make_account(name="A")
    model = make_entry(account=None, amount="1")
    failures: list[Exception] = []

    def delete() -> None:
        try:
            Account.objects.filter(pk=account.pk)._raw_delete("default")
        except IntegrityError as error:
            failures.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        RevenueEntry.objects.filter(pk=model.pk).update(
            account_id=account.pk, booked_on=date(2026, 1, 1)
        )
        thread = threading.Thread(target=delete)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert len(failures) == 1
    assert Account.objects.filter(pk=account.pk).exists()
