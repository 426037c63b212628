"""nginx's configuration: each address goes to the unit that answers it, and nothing internal gets in from outside."""

from collections.abc import Callable

from config.settings.environment import MODULES, PORTAL
from config.topology.plan import Topology, Unit

# The addresses of users that do not begin with its prefix.
USERS_TOO = ("/api/v1/auth/", "/.well-known/jwks.json", "/admin/")


def configuration(topology: Topology, *, port: int, address: Callable[[Unit], str]) -> str:
    """For nginx's `http` block. `address` is a unit's host and port."""
    routes = {f"/api/v1/{module}/": topology.home_of(module) for module in MODULES}
    routes |= {prefix: topology.home_of("users") for prefix in USERS_TOO}
    blocks = "".join(_location(prefix, unit) for prefix, unit in routes.items())
    upstreams = "".join(
        f"upstream {unit.name} {{\n    server {address(unit)};\n    keepalive 32;\n}}\n" for unit in topology.units
    )
    return f"""\
# Gateway of the topology {topology.name}, written by `manage.py topology`.
{upstreams}
server {{
    listen {port};
    server_tokens off;
    client_max_body_size 12m;

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;

    # What modules say to each other is not for others.
    location /internal/ {{
        return 404;
    }}
{blocks}{_location("/", topology.home_of(PORTAL))}}}
"""


def _location(prefix: str, unit: Unit) -> str:
    return f"    location {prefix} {{\n        proxy_pass http://{unit.name};\n    }}\n"
