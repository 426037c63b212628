"""Feedback owns what students and staff write to the heads of department, and the replies.

Not its job: who people are (users), telling them that a reply came (notifications).
"""
