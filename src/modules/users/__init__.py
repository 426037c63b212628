"""Users owns accounts and profiles: who may log in, who they are in the school, what is known about them as persons.

Not its job: courses and enrolments (academics), what people do in the school, the pages' sessions (kernel.identity).
"""
