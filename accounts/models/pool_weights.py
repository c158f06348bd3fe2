"""What cost pools are spread by, added up once: derived, thrown away and computed anew at will."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.choices import CostKind


class PoolWeights(models.Model):
    """Weights of who takes part in pools of a month and kind, by block of accounts with near ids.

    It holds as long as no `PoolWeightsChange` of its month stands: readers who find one add up
    for themselves. Amounts of pools are no part of it.
    """

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=CostKind)
    blocks = ArrayField(models.BigIntegerField())
    revenue = ArrayField(models.DecimalField(max_digits=22, decimal_places=4))
    entries = ArrayField(models.BigIntegerField())
    accounts = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "kind"], name="pool_weights_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}"


class PoolWeightsChange(models.Model):
    """A statement that touched revenue or volumes of a month. Written without waiting for anybody;
    whoever adds the month up anew removes those that the sums already know."""

    month = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["month"], name="pool_weights_change_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


def _marking(name: str, operation: Any, **names: str) -> pgtrigger.Trigger:
    rows = " UNION ".join(f"SELECT DISTINCT month FROM {rows}" for rows in names.values())
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**names),  # type: ignore[no-untyped-call]
        func=f"INSERT INTO accounts_poolweightschange (month) {rows}; RETURN NULL;",
    )


def marking(prefix: str) -> list[pgtrigger.Trigger]:
    """Triggers by which every change of a table with a `month` is known."""
    return [
        _marking(f"{prefix}_added", pgtrigger.Insert, new="new_rows"),
        _marking(f"{prefix}_changed", pgtrigger.Update, old="old_rows", new="new_rows"),
        _marking(f"{prefix}_removed", pgtrigger.Delete, old="old_rows"),
    ]
