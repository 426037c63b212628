"""Notifications owns what the school tells people: the notices in their inboxes, and the mails on their way.

Not its job: deciding that something happened (the modules whose events it listens to), who people are (users).
"""
