"""What users does from time to time."""

from modules.users import sessions, signing_keys, tokens


def forget_sessions() -> int:
    """Forget where people were logged in long ago, and what could be of use to nobody but a thief; once a day is
    plenty. Returns how many sessions.
    """
    tokens.forget()
    signing_keys.forget()
    return sessions.forget()
