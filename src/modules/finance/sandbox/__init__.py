"""A payment provider for development and tests: a server of its own that speaks Razorpay's protocol and moves no money.

Nothing here knows the school. It imports no Django, so that it runs as a small process:

python -m modules.finance.sandbox --port 8081 --webhook http://localhost:8080/payments/webhook/sandbox/
"""
