"""The number of SQL queries that each page costs, kept in `query_counts.json`.

A number that rises or falls fails the test until the file says so too:

    UPDATE_QUERY_COUNTS=1 .venv/bin/pytest tests/portal/test_query_counts.py
"""

import json
import os
from pathlib import Path

FILE = Path(__file__).with_name("query_counts.json")
UPDATE = "UPDATE_QUERY_COUNTS"


def compare(counted: dict[str, int]) -> dict[str, str]:
    """What differs from the file, in words, by page. With UPDATE_QUERY_COUNTS=1 the file is written, and nothing
    differs.
    """
    if os.environ.get(UPDATE):
        FILE.write_text(json.dumps(dict(sorted(counted.items())), indent=2) + "\n")
    kept: dict[str, int] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return {
        page: f"{counted.get(page, 'gone')} instead of {kept.get(page, 'none yet')}"
        for page in sorted(kept.keys() | counted.keys())
        if kept.get(page) != counted.get(page)
    }
