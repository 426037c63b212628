"""Finance owns fines of students, the payments that settle them, and the way to the payment provider.

Not its job: who people are (users), telling them that they owe or have paid (notifications).
"""
