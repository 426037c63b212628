"""What assessments does from time to time."""

from datetime import timedelta

from kernel.jobs import scheduled
from modules.assessments import deadlines


@scheduled(every=timedelta(hours=1))
def remind_of_deadlines() -> str:
    """Remind students of what they have not handed in, the day before it is due."""
    return f"{deadlines.remind_of_deadlines()} assignments are due soon"


@scheduled(every=timedelta(minutes=15))
def close_past_deadlines() -> str:
    """Close assignments whose deadline has passed, and open those that a deadline closed which was moved since."""
    return f"{deadlines.close_past_deadlines()} assignments closed, {deadlines.open_what_has_time_again()} opened again"
