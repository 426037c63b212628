"""What each route of the pages does: one request that it grants and one that it refuses, with the words of the legacy.

Braces name rows of the school (`facts` in tests/portal/test_routes.py). A new route stands here too.
"""

from tests.portal.cases import academics, accounts, everybody, lessons, messages, money, people, work
from tests.portal.cases.case import Pair

CASES: dict[str, Pair] = {
    name: pair
    for area in (everybody, people, accounts, academics, lessons, messages, work, money)
    for name, pair in area.CASES.items()
}
