"""Finance: fines of students, and the payments that settle them."""

from contracts.finance.events import (
    FinanceDeleted,
    FineCancelled,
    FineIssued,
    FineOverdue,
    FineReminderDue,
    FineWaived,
    PaymentFailed,
    PaymentSucceeded,
)
from contracts.finance.fines import Fine, FineKind, FineStatus, FineTotals, MoneySum
from contracts.finance.ledger import Account, AccountBalance, LedgerKind, StatementLine, StudentBalance, TrialBalance
from contracts.finance.payments import Checkout, Payment, PaymentMethod, PaymentStatus
from contracts.finance.reports import Collected, CollectedBy, FinanceReport, KindReport
from contracts.finance.service import FinanceService

__all__ = [
    "Account",
    "AccountBalance",
    "Checkout",
    "Collected",
    "CollectedBy",
    "FinanceDeleted",
    "FinanceReport",
    "FinanceService",
    "Fine",
    "FineCancelled",
    "FineIssued",
    "FineKind",
    "FineOverdue",
    "FineReminderDue",
    "FineStatus",
    "FineTotals",
    "FineWaived",
    "KindReport",
    "LedgerKind",
    "MoneySum",
    "Payment",
    "PaymentFailed",
    "PaymentMethod",
    "PaymentStatus",
    "PaymentSucceeded",
    "StatementLine",
    "StudentBalance",
    "TrialBalance",
]
