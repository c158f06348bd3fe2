"""The page of an agreement's terms in each of the five languages."""

from __future__ import annotations

from decimal import Decimal
from html import unescape

import pytest
from django.conf import settings
from django.utils.translation import gettext, override

from settlements.choices.terms import Bearer, Preset, Subject
from settlements.models import AgreementVersion, Responsibility
from tests.conftest import client_of
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.terms import make_condition, make_term, make_version, move_on

pytestmark = pytest.mark.django_db
SAMPLE = (
    "The goods never become theirs: we sell to the consumer.",
    "They pay us what consumers paid them, less a deduction.",
    "Bands of the deduction",
    "A month worked through",
    "Who bears what",
    "Stock loss",
    "Conditions",
    "Deduction by the rate",
    "Payment",
    "In force",
    "Terminate",
)
"""What the page says whatever the figures, as it is written in the source."""


def terms() -> AgreementVersion:
    """A concession by bands with a guarantee, a fee and who bears what, in force."""
    lead = make_user(email="lead@kam.test")
    version = make_version(account=make_account(lead=lead), preset=None)
    make_term(
        version=version,
        preset=Preset.CONCESSION,
        bands=[("0", "100000", "25"), ("100000", None, "22")],
        guarantee={"basis": "sales", "amount": Decimal(150_000), "test_period": "cumulative"},
    )
    make_condition(version=version, name="Card payments")
    Responsibility.objects.create(version=version, subject=Subject.STOCK_LOSS, bearer=Bearer.US)
    return move_on(version)


def test_the_terms_speak_each_language() -> None:
    version = terms()
    pages = {}
    client = client_of(make_user(email="director@kam.test", roles=["sales_director"]))
    for code, _name in settings.LANGUAGES:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = code
        page = client.get(version.get_absolute_url())
        assert page.status_code == 200
        pages[code] = unescape(page.content.decode()).split("<main", 1)[1]
    assert [words for words in SAMPLE if words not in pages["en"]] == []
    for code in set(pages) - {"en"}:
        with override(code):
            said = {words: gettext(words) for words in SAMPLE}
        assert [words for words in SAMPLE if said[words] == words] == [], code
        assert [words for words in SAMPLE if said[words] not in pages[code]] == [], code
        assert [words for words in SAMPLE if f">{words}<" in pages[code]] == [], code
