"""The web pages for HOD, staff and students: a client of the contracts like any other."""
