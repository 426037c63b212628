"""`python -m config.launch.healthcheck`: a container asks its own server whether it is well; exit code 0 or 1."""

import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

TIMEOUT = 4.0  # seconds


def host_header(environment: Mapping[str, str]) -> str:
    """A host that the server answers to: the first of ALLOWED_HOSTS."""
    first = next(iter(environment.get("ALLOWED_HOSTS", "").replace(",", " ").split()), "*")
    return "localhost" if first == "*" else first.removeprefix(".")


def main() -> int:
    """Ask /health on this machine; says on stderr what is wrong."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=TIMEOUT)
    try:
        connection.request("GET", "/health", headers={"Host": host_header(os.environ)})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if status != 200:
        sys.stderr.write(f"/health answers {status}\n")
    return int(status != 200)


if __name__ == "__main__":
    sys.exit(main())
