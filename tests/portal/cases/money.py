"""Fines, and paying them."""

from tests.portal.cases.case import Case, Pair, form, page, page_of, refusing, selected

FINE = {"student": "{student_profile}", "amount": "12.50", "reason": "Broken window", "due_date": "2031-01-01"}

CASES: dict[str, Pair] = {
    "manage_fines": page("Late book"),
    "fines_report": page("Collected"),
    "add_fine": page("Add a fine"),
    "add_fine_save": form(
        FINE,
        "/manage_fines/",
        "Fine added successfully",
        {"amount": "-1"},
        "Failed to add fine: Ensure this value is greater than or equal to 0.01.",
        back="/add_fine/",
    ),
    "delete_fine": refusing(
        Case(302, {}, to="/manage_fines/", says="success: Fine deleted successfully"),
        "/manage_fines/",
        "Fine not found or already paid",
        at="/delete_fine/{paid_fine}/",
    ),
    "record_payment": refusing(
        Case(302, {"method": "cash"}, to="/manage_fines/", says="success: The payment is recorded: receipt no. 1."),
        "/manage_fines/",
        "Fine not found or already paid",
        at="/record_payment/{paid_fine}/",
    ),
    "waive_fine": refusing(
        Case(302, {"reason": "A hardship"}, to="/manage_fines/", says="success: The fine is waived."),
        "/manage_fines/",
        "Fine not found or already paid",
        at="/waive_fine/{paid_fine}/",
    ),
    "student_statement": page_of("Late book", missing="/student_statement/999999/"),
    "own_statement": page("Late book"),
    "student_view_fines": page("Late book"),
    "initialize_payment": refusing(
        Case(200, {}, shows="25.50"),
        "/student_view_fines/",
        "Fine not found or already paid",
        at="/student/initialize_payment/{paid_fine}/",
    ),
    "payment_callback": form(
        {
            "razorpay_payment_id": "{payment_id}",
            "razorpay_order_id": "{order_id}",
            "razorpay_signature": "{signature}",
        },
        "/student_view_fines/",
        "Payment successful! A confirmation email has been sent.",
        {"razorpay_signature": "0"},
        "Payment verification failed: The payment could not be verified.",
    ),
    "fines_selected": selected(
        "/manage_fines/selected/",
        "/manage_fines/",
        do="cancel",
        row="{fine}",
        done="1 fine taken back.",
        sends={"reason": "A mistake"},
    ),
}
