"""The compose file of a topology: gateway, units, a PostgreSQL with a database for each unit, and Redis."""

import json
from typing import Any

from config.topology.plan import Topology, Unit

GATEWAY_PORT = 8080
DATABASES = "databases.sql"
GATEWAY = "gateway.conf"
HEADER = """\
# The topology {name}, written by `manage.py topology`. Copy `.env.example` to `.env`, fill it in, and
#   docker compose up --wait
# http://localhost:8080
"""


def compose_file(topology: Topology) -> str:
    """YAML, of which JSON is a part: nothing here needs more."""
    services: dict[str, Any] = {"gateway": _gateway(topology), "postgres": _postgres(), "redis": _redis()}
    for unit in topology.units:
        services[f"migrate-{unit.name}"] = _migrate(topology, unit)
        services[unit.name] = _serve(topology, unit)
    volumes: dict[str, Any] = {"database": {}, "redis": {}} | {f"media-{unit.name}": {} for unit in topology.units}
    content = {"name": f"school-{topology.name.replace(':', '-')}", "services": services, "volumes": volumes}
    return HEADER.format(name=topology.name) + json.dumps(content, indent=2) + "\n"


def databases(topology: Topology) -> str:
    """What PostgreSQL runs when its volume is new."""
    return "".join(f"CREATE DATABASE {unit.name};\n" for unit in topology.units)


def environment_example() -> str:
    """The secrets, to be filled in."""
    return (
        "# Each at least 32 random characters, as `openssl rand -base64 48` makes them.\n"
        "SECRET_KEY=\nSERVICE_SECRET=\n"
        "# Letters and digits.\nDATABASE_PASSWORD=\n"
        "# The name under which people reach the school.\nSCHOOL_HOST=localhost\n"
        "# The gateway, and one more for each proxy in front of it.\nTRUSTED_PROXIES=1\n"
    )


def internal_address(unit: Unit) -> str:
    """Host and port of a unit, for the others."""
    return f"{unit.name}:{unit.port}"


def _application(topology: Topology, unit: Unit) -> dict[str, Any]:
    hosts = ",".join(["${SCHOOL_HOST:-localhost}", *(one.name for one in topology.units)])
    return {
        "image": "student-management-system",
        "restart": "unless-stopped",
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - inside the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "volumes": [f"media-{unit.name}:/data/media"],
        "environment": {
            "ENVIRONMENT": "production",
            "SECRET_KEY": "${SECRET_KEY:?}",
            "SERVICE_SECRET": "${SERVICE_SECRET:?}",
            "DATABASE_URL": f"postgres://school:${{DATABASE_PASSWORD:?}}@postgres:5432/{unit.name}",
            "REDIS_URL": "redis://redis:6379/0",
            "ALLOWED_HOSTS": hosts,
            "TRUSTED_PROXIES": "${TRUSTED_PROXIES:-1}",
            "PORT": str(unit.port),
            **topology.variables(unit, lambda one: f"http://{internal_address(one)}"),
        },
    }


def _serve(topology: Topology, unit: Unit) -> dict[str, Any]:
    ready = {
        f"migrate-{unit.name}": {"condition": "service_completed_successfully"},
        "redis": {"condition": "service_healthy"},
    }
    return {**_application(topology, unit), "depends_on": ready}


def _migrate(topology: Topology, unit: Unit) -> dict[str, Any]:
    return {
        **_application(topology, unit),
        "command": ["python", "manage.py", "migrate", "--no-input"],
        "restart": "no",
        "healthcheck": {"disable": True},
        "depends_on": {"postgres": {"condition": "service_healthy"}},
    }


def _gateway(topology: Topology) -> dict[str, Any]:
    return {
        "image": "docker.io/library/nginx:1-alpine",
        "restart": "unless-stopped",
        "ports": [f"{GATEWAY_PORT}:{GATEWAY_PORT}"],
        "volumes": [f"./{GATEWAY}:/etc/nginx/conf.d/default.conf:ro"],
        "depends_on": {unit.name: {"condition": "service_healthy"} for unit in topology.units},
    }


def _postgres() -> dict[str, Any]:
    return {
        "image": "docker.io/library/postgres:15",
        "restart": "unless-stopped",
        "command": ["postgres", "-c", "max_connections=500"],
        "environment": {"POSTGRES_USER": "school", "POSTGRES_PASSWORD": "${DATABASE_PASSWORD:?}"},
        "volumes": ["database:/var/lib/postgresql/data", f"./{DATABASES}:/docker-entrypoint-initdb.d/{DATABASES}:ro"],
        "healthcheck": _check("pg_isready --host 127.0.0.1 --username school"),
    }


def _redis() -> dict[str, Any]:
    return {
        "image": "docker.io/library/redis:7",
        "restart": "unless-stopped",
        "command": ["redis-server", "--save", "60", "1", "--appendonly", "yes"],
        "volumes": ["redis:/data"],
        "healthcheck": _check("redis-cli ping"),
    }


def _check(command: str) -> dict[str, Any]:
    return {"test": ["CMD-SHELL", command], "interval": "5s", "timeout": "5s", "retries": 12}
