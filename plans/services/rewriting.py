"""The one way past the database's refusal to change what plans said."""

from __future__ import annotations

from contextlib import AbstractContextManager

from kam.core.rewriting import rewriting
from plans.models.triggers import REWRITE_SETTING


def rewriting_plans() -> AbstractContextManager[None]:
    """Inside a transaction: let plans follow merged accounts, or go with the demo.

    Nothing else may use it.
    """
    return rewriting(REWRITE_SETTING)
