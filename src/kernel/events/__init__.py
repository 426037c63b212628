"""Events between modules: published with the change, delivered at least once, taking effect exactly once.

publish(LeaveApproved(...))                      # inside the transaction of the change

@subscribe(LeaveApproved)                        # in the consumer's subscribers.py
def tell_the_person(event: LeaveApproved, effect: Effect) -> None:
    ...                                          # ask other modules first, outside any transaction
    with effect.once():                          # then: one transaction for the effect and the note that it happened
        ...
"""

from kernel.events.inbox import Effect
from kernel.events.outbox import publish
from kernel.events.subscriptions import subscribe

__all__ = ["Effect", "publish", "subscribe"]
