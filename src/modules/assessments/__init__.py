"""Assessments owns assignments, what students hand in for them, and the marks of both submissions and results.

Not its job: which subjects there are, who teaches them and who is enrolled (academics), telling people
(notifications).
"""
