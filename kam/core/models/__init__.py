from kam.core.models.base import Record
from kam.core.models.idempotency import IdempotencyKey
from kam.core.models.jobs import JobRun
from kam.core.models.money import Currency, ExchangeRate
from kam.core.models.organisation import Organisation, SellingCompany

__all__ = [
    "Currency",
    "ExchangeRate",
    "IdempotencyKey",
    "JobRun",
    "Organisation",
    "Record",
    "SellingCompany",
]
