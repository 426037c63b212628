"""What users does from time to time."""

from modules.users import sessions


def forget_sessions() -> int:
    """Forget where people were logged in long ago; once a day is plenty. Returns how many sessions."""
    return sessions.forget()
