"""Every component of the pages on a few sample pages, for the eye and for the browser tests; never served to people.

To look at it: `python -m tests.portal.design.gallery` (from the repository, with `src` on PYTHONPATH).
"""
