"""Accruing, expecting and settling rebates."""

from settlements.services.rebates.accruing import accrue_rebates
from settlements.services.rebates.expecting import expect
from settlements.services.rebates.settling import settle

__all__ = ["accrue_rebates", "expect", "settle"]
