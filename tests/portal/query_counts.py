"""The number of SQL queries that each page costs, kept in `query_counts.json`. Those of a legacy school of 1,000
students that has moved in are kept in `moved_query_counts.json`.

A number that rises or falls fails the test until the file says so too:

    UPDATE_QUERY_COUNTS=1 .venv/bin/pytest tests/portal/test_query_counts.py tests/legacy/test_samples.py
"""

import json
import os
from pathlib import Path

FILE = Path(__file__).with_name("query_counts.json")
MOVED = FILE.with_name("moved_query_counts.json")
UPDATE = "UPDATE_QUERY_COUNTS"


def compare(counted: dict[str, int], *, file: Path | None = None) -> dict[str, str]:
    """What differs from the file, in words, by page. With UPDATE_QUERY_COUNTS=1 the file is written, and nothing
    differs.
    """
    file = file or FILE
    if os.environ.get(UPDATE):
        file.write_text(json.dumps(dict(sorted(counted.items())), indent=2) + "\n")
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    return {
        page: f"{counted.get(page, 'gone')} instead of {kept.get(page, 'none yet')}"
        for page in sorted(kept.keys() | counted.keys())
        if kept.get(page) != counted.get(page)
    }
