from tests.api.matrix import Row

FINE = {"student_id": "{student_id}", "amount": "120.00", "reason": "Lost book", "due_date": "2031-01-31"}

PERIOD = {"first_day": "2020-01-01", "last_day": "2031-12-31"}

ROWS = {
    "GET finance/report/": Row("no", "no", "yes", query=PERIOD),
    "GET finance/collections/": Row("no", "no", "yes", query=PERIOD),
    "GET finance/trial-balance/": Row("no", "no", "yes"),
    "GET finance/students/{student_id}/balance/": Row("yes / no", "no", "yes"),
    "GET finance/students/{student_id}/statement/": Row("yes / no", "no", "yes"),
    "GET finance/fines/": Row("no", "yes", "yes"),
    "POST finance/fines/": Row("no", "yes", "yes", body=FINE),
    "GET finance/fines/own/": Row("yes", "no", "no"),
    "GET finance/fines/totals/": Row("yes", "yes", "yes"),
    "GET finance/fines/{fine_id}/": Row("yes / hidden", "yes", "yes"),
    "POST finance/fines/{fine_id}/cancel/": Row("no", "yes", "yes", body={"reason": "A mistake"}),
    "POST finance/fines/{fine_id}/waive/": Row("no", "no", "yes", body={"reason": "A hardship"}),
    "GET finance/fines/{fine_id}/payments/": Row("yes / hidden", "yes", "yes"),
    "POST finance/fines/{fine_id}/payments/": Row("no", "no", "yes", body={"method": "cash"}),
    "POST finance/fines/{fine_id}/checkout/": Row("yes / hidden", "no", "no"),
    "POST finance/checkouts/confirm/": Row(
        "yes / hidden",
        "no",
        "no",
        body={"order_id": "{order_id}", "payment_id": "{payment_id}", "signature": "{signature}"},
    ),
}
