"""Users owns accounts and profiles: who may log in, who they are in the school, what is known about them as persons,
where they are logged in, and the keys that sign access tokens.

Not its job: courses and enrolments (academics), what people do in the school, what a browser's session holds
(kernel.identity).
"""
