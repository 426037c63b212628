"""Attendance owns registers (who was there in a subject on a day) and the figures that are drawn from them.

Not its job: who belongs to a class and who teaches it (academics), who is on leave (leaves), warning people
(notifications).
"""
