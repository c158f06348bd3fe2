"""What a number means: typed it is a customer's own before ours, in an address it is ours."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.forms.fields import AccountField, LinkedAccountField, as_typed
from accounts.models import AccountIdentifier
from tests.conftest import People
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db


def test_a_bare_number_is_theirs_where_it_is_typed_and_ours_in_an_address(people: People) -> None:
    ours = make_account(name="Ours", lead=people.owner)
    theirs = make_account(name="Theirs", lead=people.owner)
    hidden = make_account(name="Hidden", lead=people.stranger)
    AccountIdentifier.objects.create(account=theirs, system="store", value=str(ours.pk))
    typed, linked = AccountField(), LinkedAccountField()
    typed.user = linked.user = people.owner

    assert (typed.clean(str(ours.pk)), linked.clean(str(ours.pk))) == (theirs, ours)
    for field in (typed, linked):
        assert field.clean(as_typed(ours)) == ours
        assert field.clean(str(theirs.pk)) == theirs
        assert field.clean("Theirs") == theirs
        with pytest.raises(ValidationError, match="There is no such account"):
            field.clean(str(hidden.pk))
