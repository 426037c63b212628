"""Says its address, and serves until it is stopped or its standard input ends: so it ends with who started it.

The secret comes from the environment, where other users of the machine cannot read it.
"""

import os
import sys
from argparse import ArgumentParser

from modules.finance.sandbox.server import Sandbox


def main() -> None:
    parser = ArgumentParser(prog="modules.finance.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--webhook", default="", metavar="URL", help="where events are sent")
    options = parser.parse_args()
    with Sandbox(
        secret=os.environ["SANDBOX_PAYMENT_SECRET"],
        webhook_url=options.webhook,
        host=options.host,
        port=options.port,
    ) as sandbox:
        sys.stdout.write(f"{sandbox.url}\n")
        sys.stdout.flush()
        try:
            sys.stdin.read()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
