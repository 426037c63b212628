"""nginx's configuration: each address goes to the unit that answers it, and nothing internal gets in from outside."""

from collections.abc import Callable

from config.settings.environment import MODULES, PORTAL
from config.topology.plan import Topology, Unit

# The addresses of modules that do not begin with their prefix.
BESIDES = {
    "users": ("/api/v1/auth/", "/.well-known/jwks.json", "/admin/"),
    "finance": ("/payments/webhook/",),
}
# Less than a unit keeps an idle connection (30 s), so that no request meets one that was just closed.
KEPT_SECONDS = 20

# What people, and programs, are told while a unit is down.
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Out of order just now</title><h1>Out of order just now</h1>"
    "<p>Try again in a few seconds. If you were sending something, look first whether it has arrived.</p>"
)
PROBLEM = (
    '{"type": "about:blank", "title": "Out of order just now", "status": 503, "code": "module_unavailable",'
    ' "detail": "This part of the school does not answer. Try again in a few seconds."}'
)


def configuration(topology: Topology, *, listen: str, address: Callable[[Unit], str]) -> str:
    """For nginx's `http` block. `listen` is a port, or an address with one; `address` is a unit's host and port."""
    routes = {f"/api/v1/{module}/": topology.home_of(module) for module in MODULES}
    routes |= {prefix: topology.home_of(module) for module, prefixes in BESIDES.items() for prefix in prefixes}
    blocks = "".join(_location(prefix, unit) for prefix, unit in routes.items())
    upstreams = "".join(
        f"upstream {unit.name} {{\n    server {address(unit)};\n"
        f"    keepalive 32;\n    keepalive_timeout {KEPT_SECONDS}s;\n}}\n"
        for unit in topology.units
    )
    return f"""\
# Gateway of the topology {topology.name}, written by `manage.py topology`.
{upstreams}
# How the person came here, where a proxy in front of this one ends TLS.
map $http_x_forwarded_proto $came_by {{
    default $scheme;
    https https;
}}

server {{
    listen {listen};
    server_tokens off;
    client_max_body_size 12m;

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    # Whom this gateway hears from stands last; what comes before was said by others (TRUSTED_PROXIES).
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $came_by;

    # What modules say to each other is not for others.
    location /internal/ {{
        return 404;
    }}
{blocks}{_location("/", topology.home_of(PORTAL))}
    # A unit that is down, or starts again. What a unit itself answers is passed on as it is.
    error_page 502 504 = @out_of_order;
    location @out_of_order {{
        default_type "";
        add_header Content-Type $kind_of_answer always;
        add_header Retry-After 5 always;
        return 503 $out_of_order;
    }}
}}

map $uri $kind_of_answer {{
    default "text/html; charset=utf-8";
    ~^/api/ application/problem+json;
}}
map $uri $out_of_order {{
    default '{PAGE}';
    ~^/api/ '{PROBLEM}';
}}
"""


def _location(prefix: str, unit: Unit) -> str:
    return f"    location {prefix} {{\n        proxy_pass http://{unit.name};\n    }}\n"
