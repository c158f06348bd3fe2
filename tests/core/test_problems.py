"""Refusals in plain words, whether a rule or the database was first to refuse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.db import IntegrityError, transaction

from kam.core.models import ExchangeRate
from kam.core.problems import Blocker, RefusedError, add_to_form, explained, refuse
from kam.identity.models import SalesTeam
from tests.factories.core import make_rate
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db


def refused_by_the_database(change: object) -> RefusedError:
    with pytest.raises(RefusedError) as refused, explained(), transaction.atomic():
        change()  # type: ignore[operator]
    return refused.value


def test_a_model_constraint_speaks_with_its_own_words_beside_its_field() -> None:
    make_rate(currency="USD", rate="1", valid_on=date(2026, 1, 1))

    error = refused_by_the_database(
        lambda: make_rate(currency="USD", rate="2", valid_on=date(2026, 1, 1))
    )

    assert str(error) == "There is a rate of this currency on this date already."
    assert (error.field, error.code) == ("valid_on", "exchange_rate_one_per_day")


def test_a_check_speaks_with_its_own_words() -> None:
    error = refused_by_the_database(lambda: make_rate(currency="USD", rate=Decimal(0)))

    assert (str(error), error.field) == ("A rate is above zero.", "")


def test_a_unique_field_names_itself() -> None:
    make_user(email="one@kam.test")

    error = refused_by_the_database(lambda: make_user(email="one@kam.test"))

    assert (str(error), error.field) == (
        "There is another one with this e-mail already.",
        "email",
    )


def test_a_missing_value_and_a_missing_reference_have_words() -> None:
    empty = refused_by_the_database(lambda: SalesTeam.objects.create(**dict.fromkeys(["name"])))

    assert (str(empty), empty.field) == ("This is needed.", "name")
    make_rate(currency="USD", rate="1")
    gone = refused_by_the_database(point_nowhere)
    assert str(gone) == "Something else refers to this, or what this refers to is gone."


def point_nowhere() -> None:
    ExchangeRate.objects.update(currency_id="QQQ")
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_error_that_has_no_words_is_still_a_refusal() -> None:
    with pytest.raises(RefusedError) as refused, explained():
        raise IntegrityError("something odd")

    assert str(refused.value) == "This cannot be saved."


class NameForm(forms.Form):
    name = forms.CharField(required=False)


@pytest.mark.parametrize(("field", "shown"), [("name", "name"), ("other", "__all__")])
def test_a_form_shows_a_refusal_where_it_belongs(field: str, shown: str) -> None:
    form = NameForm({"name": ""})
    assert form.is_valid()

    add_to_form(form, RefusedError("Not like this.", field=field))

    assert form.errors == {shown: ["Not like this."]}


def test_the_first_blocker_refuses_and_none_does_not() -> None:
    refuse([])

    with pytest.raises(RefusedError) as refused:
        refuse([Blocker("First.", "one", "name"), Blocker("Second.", "two")])

    assert (str(refused.value), refused.value.code, refused.value.field) == (
        "First.",
        "one",
        "name",
    )
