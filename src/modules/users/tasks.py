"""What users does from time to time."""

from datetime import timedelta

from kernel.jobs import scheduled
from modules.users import sessions, signing_keys, tokens


@scheduled(every=timedelta(days=1))
def forget_sessions() -> str:
    """Forget where people were logged in long ago, and what could be of use to nobody but a thief."""
    tokens.forget()
    signing_keys.forget()
    return f"{sessions.forget()} sessions forgotten"
