"""Finance over REST, below /api/v1/finance/."""

from contracts.finance import FinanceService
from kernel.rest import ANYONE, HOD, STUDENTS, TEACHING, Api, creates, does, reads

finance = Api(FinanceService)

MONEY = (*HOD, *STUDENTS)
ORDERS = ("amount", "due_date", "issued_at")

urlpatterns = [
    finance.path(
        "fines/",
        get=reads("List fines", FinanceService.list_fines, TEACHING, orders=ORDERS, searched=True),
        post=creates("Fine a student", FinanceService.issue_fine, TEACHING, location="fines/{id}/"),
    ),
    finance.path(
        "fines/own/",
        get=reads("List one's own fines", FinanceService.own_fines, STUDENTS, orders=ORDERS, searched=True),
    ),
    finance.path("fines/totals/", get=reads("Sum up what is owed", FinanceService.totals, ANYONE)),
    finance.path("fines/<fine_id>/", get=reads("Get a fine", FinanceService.fine, ANYONE)),
    finance.path(
        "fines/<fine_id>/cancel/",
        post=does("Cancel a fine", FinanceService.cancel_fine, TEACHING, edits=FinanceService.fine),
    ),
    finance.path(
        "fines/<fine_id>/waive/", post=does("Waive a fine", FinanceService.waive_fine, HOD, edits=FinanceService.fine)
    ),
    finance.path(
        "fines/<fine_id>/payments/",
        get=reads("List attempts to pay a fine", FinanceService.payments, ANYONE),
        post=creates("Record a payment that came to the office", FinanceService.record_payment, HOD),
    ),
    finance.path(
        "fines/<fine_id>/checkout/", post=does("Begin to pay a fine online", FinanceService.start_payment, STUDENTS)
    ),
    finance.path("report/", get=reads("Report on a period", FinanceService.report, HOD)),
    finance.path(
        "collections/",
        get=reads("List what was paid in a period", FinanceService.collections, HOD, orders=("at", "amount")),
    ),
    finance.path(
        "students/<student_id>/balance/", get=reads("Sum up what a student owes", FinanceService.balance, MONEY)
    ),
    finance.path(
        "students/<student_id>/statement/",
        get=reads("List what changed what a student owes", FinanceService.statement, MONEY),
    ),
    finance.path("trial-balance/", get=reads("Get the balance of each account", FinanceService.trial_balance, HOD)),
    finance.path(
        "checkouts/confirm/",
        post=does("Hand in what the checkout returned", FinanceService.confirm_payment, STUDENTS),
    ),
]
