"""Foreign keys point down the floors too: a string key escapes the import linter."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

FLOORS = {
    "core": 0,
    "identity": 1,
    "imports": 2,
    "notifications": 2,
    "accounts": 3,
    "interactions": 4,
    "settlements": 4,
    "plans": 5,
    "dashboards": 6,
}
OURS: list[Any] = [model for app in FLOORS for model in apps.get_app_config(app).get_models()]


def _keys(model: type[models.Model]) -> list[tuple[str, str]]:
    return [
        (field.name, field.related_model._meta.label)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField | models.OneToOneField)
        and not field.auto_created
    ]


def test_foreign_keys_point_down_or_to_the_user() -> None:
    upward = []
    for model in OURS:
        floor = FLOORS[model._meta.app_label]
        for name, target in _keys(model):
            app = target.split(".")[0]
            if target == settings.AUTH_USER_MODEL or app not in FLOORS:
                continue  # the user model is named by a setting; Django's and pghistory's own
            if FLOORS[app] > floor or (FLOORS[app] == floor and app != model._meta.app_label):
                upward.append(f"{model._meta.label}.{name} → {target}")
    assert upward == []


# Business rows have a history by triggers; these have none, for the reason given.
WITHOUT_HISTORY = {
    "core.JobRun": "a log itself",
    "core.IdempotencyKey": "a log itself",
    "identity.SignInFailure": "a log itself",
    "notifications.Notification": "a log itself: when it was told, read and mailed",
    "notifications.TodoSnooze": "one's own, and over after days",
    "imports.ImportBatch": "the audit unit itself: states, counts and files of one import",
    "imports.ImportChange": "before-images of a batch, written once",
    "imports.ImportReject": "part of its batch, never changed",
    "plans.PlanSnapshot": "frozen",
    "plans.PlanStep": "append-only, so its own history",
    "plans.PlanPaper": "a file, written once and gone after a month",
    "plans.LossResult": "frozen",
    "plans.LossRate": "kept whole in the inputs of each result",
    "plans.ScenarioAccount": "kept whole in the inputs of each result",
    "accounts.GroupPeriod": "derived from parent links by a trigger",
    "accounts.AccountFigure": "derived by a nightly job",
    "accounts.RevenueEntry": "audited by batch, before-images in RevenueRevision",
    "accounts.RevenueRevision": "a log itself",
    "settlements.CreditCheck": "append-only by trigger",
    "settlements.CreditOverride": "append-only by trigger",
    "settlements.CreditPosition": "derived by a nightly job",
    "settlements.CreditScoreSnapshot": "a log itself, one a month",
    "accounts.RevenueMonth": "derived by a trigger",
    "accounts.GroupMonth": "derived by a trigger",
    "accounts.RevenueWatermark": "a counter",
    "accounts.PoolWeights": "derived by a job",
    "accounts.PoolWeightsChange": "marks that are gone once they are heeded",
    "accounts.ConcentrationSnapshot": "frozen",
    "accounts.StakeholderRating": "append-only, so its own history",
    "accounts.PromiseMove": "append-only, so its own history",
    "accounts.RequestComment": "append-only, so its own history",
    "accounts.ConcentrationAlert": "a log itself: opened and closed by snapshots",
    "accounts.PortraitStatement": "append-only, so its own history",
    "accounts.PlacementStep": "append-only, so its own history",
    "accounts.StoreCheckCorrection": "append-only, so its own history",
    "accounts.TierAssignment": "a history itself: dated rows, kept by the rescoring job",
    "accounts.TierRating": "append-only, so its own history",
    "accounts.WalletEstimate": "append-only, so its own history",
    "accounts.OpportunityStageChange": "append-only, a history itself",
    "accounts.HealthSettings": "append-only: each version is its own history",
    "accounts.HealthScore": "a history itself: dated rows, kept by the rescoring job",
    "interactions.ConcernEntry": "append-only, a history itself",
    "interactions.Correction": "append-only, so its own history",
    "interactions.Upload": "a file that is looked at, gone when it is taken or after a day",
    "interactions.Draft": "what somebody is typing, gone when it is logged",
    "interactions.SearchText": "derived from contacts, needs and concerns by triggers",
    "settlements.Document": "append-only, so its own history",
    "settlements.LedgerItem": "append-only; `allocated` is the sum of its allocations",
    "settlements.Allocation": "append-only, so its own history",
    "settlements.AccountMove": "a log itself",
    "settlements.OverdueRun": "a log itself",
    "settlements.RebateRun": "a log itself",
    "settlements.RebateAccrual": "append-only, a history itself",
    "settlements.RebateExpectation": "append-only, so its own history",
    "settlements.RebateSettlement": "append-only, so its own history",
    "settlements.OverdueSpell": "a history itself",
    "settlements.Position": "derived by the overdue job",
    "settlements.AccountPosition": "derived by the overdue job",
    "settlements.OpenBalance": "derived from the ledger by the overdue job",
    "settlements.ExtractGap": "a list to review, each row closed once",
    "settlements.SalesReportLine": "append-only once its report is accepted",
    "settlements.SalesReportSum": "derived from lines of accepted reports by a trigger",
    "settlements.ConsignmentMovement": "append-only, so its own history",
    "settlements.ConsignedStock": "derived from movements by a trigger",
    "settlements.StockCount": "append-only, so its own history",
    "settlements.StockCountLine": "append-only, so its own history",
    "settlements.StatementLine": "append-only once its statement is issued",
    "settlements.StatementReport": "kept once its statement is issued",
    "settlements.StatementDocument": "append-only, so its own history",
    "settlements.WorkEvent": "a log itself",
    "settlements.WorkItem": "a log itself: done work stays, with who, when and outcome",
}


def test_every_business_model_keeps_its_history() -> None:
    events = {m._meta.label for m in OURS if hasattr(m, "pgh_tracked_model")}
    tracked = {
        m.pgh_tracked_model._meta.label
        for m in OURS
        if m._meta.label in events and m.pgh_tracked_model is not None
    }
    untracked = {m._meta.label for m in OURS} - events - tracked
    assert untracked - set(WITHOUT_HISTORY) == set()
    assert set(WITHOUT_HISTORY) - untracked == set(), "the list has a stale entry"


def test_money_is_decimal() -> None:
    floats = [
        f"{m._meta.label}.{f.name}"
        for m in OURS
        for f in m._meta.get_fields()
        if isinstance(f, models.FloatField)
    ]
    assert floats == []
