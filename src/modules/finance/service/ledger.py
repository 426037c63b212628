"""What students owe by the books, and the books' balance."""

from datetime import date

from contracts.base import Actor, Page, PageRequest, Role
from contracts.finance import FinanceService, StatementLine, StudentBalance, TrialBalance
from kernel.permissions import require
from modules.finance.ledger import reading
from modules.finance.service.periods import EARLIEST, LATEST, moments


class Ledger(FinanceService):
    def balance(self, *, actor: Actor, student_id: int) -> StudentBalance:
        _require_own_or_head(actor, student_id)
        return reading.student_balance(student_id)

    def statement(
        self,
        *,
        actor: Actor,
        student_id: int,
        page: PageRequest,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> Page[StatementLine]:
        _require_own_or_head(actor, student_id)
        begin, end = moments(first_day or EARLIEST, last_day or LATEST)
        return reading.statement(student_id, page, begin if first_day else None, end if last_day else None)

    def trial_balance(self, *, actor: Actor) -> TrialBalance:
        require(actor, Role.HOD)
        return reading.trial_balance()


def _require_own_or_head(actor: Actor, student_id: int) -> None:
    if actor.role is not Role.STUDENT or actor.student_id != student_id:
        require(actor, Role.HOD)
