"""Academics owns courses, their subjects and teachers, the session years, and which student is enrolled where and when.

Not its job: who people are (users), who was there on a day (attendance), what they achieved (assessments).
"""
