"""The payment sandbox beside the school: a process of its own, which ends with the server that it belongs to."""

import os
import subprocess
import sys

from django.conf import settings

from config.launch.preflight import CannotStart, check_port
from config.launch.steps import ROOT

WEBHOOK = "/payments/webhook/sandbox/"
"""Where the school takes its webhooks. To ask Django for it would load every page before the server does."""


def is_needed() -> bool:
    """Whether payments go to a sandbox that nobody has named the address of."""
    here = "finance" in settings.LOCAL_MODULES
    return here and settings.PAYMENT_PROVIDER == "sandbox" and not settings.SANDBOX_PAYMENT_URL


def start(*, host: str, site_port: int, site_url: str) -> str:
    """Start the sandbox at the port after the site's, or at any other when that is taken; returns its address.

    It lives as long as this process, also when that becomes another program: it ends when its standard input does.
    Raises CannotStart.
    """
    its_input, our_end = os.pipe()
    answer, its_output = os.pipe()
    subprocess.Popen(
        [
            *(sys.executable, "-m", "modules.finance.sandbox", "--host", host),
            *("--port", str(_port(host, site_port + 1))),
            *("--webhook", site_url + WEBHOOK),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "SANDBOX_PAYMENT_SECRET": settings.SANDBOX_PAYMENT_SECRET},
        stdin=its_input,
        stdout=its_output,
        # Ctrl-C is for the server; when that has gone, so has its end of the pipe.
        start_new_session=True,
    )
    os.set_inheritable(our_end, True)
    os.close(its_input)
    os.close(its_output)
    with os.fdopen(answer) as lines:
        address = lines.readline().strip()
    if not address:
        raise CannotStart("The payment sandbox could not be started.")
    return address


def _port(host: str, wanted: int) -> int:
    """The wanted port, or 0 for any when it is taken."""
    try:
        check_port(host, wanted)
    except CannotStart:
        return 0
    return wanted
