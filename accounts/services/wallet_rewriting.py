"""The one way past the database's refusal to change wallet estimates."""

from __future__ import annotations

from contextlib import AbstractContextManager

from accounts.models.wallet_triggers import REWRITE_SETTING
from kam.core.rewriting import rewriting


def rewriting_wallets() -> AbstractContextManager[None]:
    """Inside a transaction: let estimates follow what was merged, or go with their import.

    Nothing else may use it.
    """
    return rewriting(REWRITE_SETTING)
