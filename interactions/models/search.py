"""Words of contacts, needs and concerns, kept by the database for searching in five languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from interactions.querysets import SearchTextQuerySet


class SearchText(models.Model):
    """The words of one row, with what decides who may find it.

    Written by triggers of the row's table alone, in the same statement: imports, corrections and
    merges need no service to remember it. `words` holds folded words as they stand (A in the
    title, B elsewhere; Chinese also by pairs), English and Romanian stems (C) and Finnish ones
    (D).
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    is_confidential = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    words = SearchVectorField()

    objects = SearchTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("searchable text")
        verbose_name_plural = _("searchable texts")
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_text_once")
        ]
        indexes = [
            GinIndex(fields=["words"], name="search_text_words"),
            models.Index(fields=["account", "-occurred_at", "-id"], name="search_text_account"),
            models.Index(fields=["-occurred_at", "-id"], name="search_text_latest"),
            models.Index(fields=["author"], name="search_text_author"),
            models.Index(
                fields=["owner"], name="search_text_owner", condition=models.Q(owner__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
