"""Leaves owns requests for days off by students and staff, and what was decided on them.

Not its job: who people are (users), marking the excused as such in registers (attendance), telling people
(notifications).
"""
