# Two commands: `make run` and `make test`. Both make .venv and install what they need from the hashed locks.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
LEGACY ?=
MEDIA ?=
WORKERS ?= 2

VENV := .venv
PY := $(VENV)/bin/python
LOCKS := installer core prod test dev telemetry mysql

# A stamp carries the checksum of the locks it stands for, so that an unchanged lock costs nothing
# and a changed one, also after switching branches, is installed.
checksum = $(shell cat $(1) 2>/dev/null | cksum | tr -d ' ')
CORE_STAMP := $(VENV)/.installed-core-$(call checksum,requirements/core.txt)
FULL_STAMP := $(VENV)/.installed-full-$(call checksum,requirements/core.txt requirements/test.txt requirements/dev.txt requirements/telemetry.txt)

# Compiled for this machine, for one target only: it lies beside the other packages, and nothing else sees it.
MYSQL := $(VENV)/mysql
MYSQL_STAMP := $(MYSQL)/.installed-$(call checksum,requirements/mysql.txt)

export HOST PORT LEGACY MEDIA WORKERS

.DEFAULT_GOAL := help
.PHONY: help run test test-topologies test-image test-mysql lint format lock fuzz benchmarks clean

help: ## Show this list
	@echo "make run [PORT=8080] [HOST=127.0.0.1] [LEGACY=db.sqlite3] [MEDIA=folder]"
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1 | \2/' | column -t -s '|'

run: $(CORE_STAMP) ## Start at http://localhost:8080; an empty database gets a demo school, or LEGACY= moves a school in
	@ENVIRONMENT="$${ENVIRONMENT:-local}" exec $(PY) manage.py serve --host "$$HOST" --port "$$PORT" --workers "$$WORKERS" \
		$${LEGACY:+--legacy "$$LEGACY"} $${MEDIA:+--media "$$MEDIA"}

test: $(FULL_STAMP) ## Linters, types, and the whole suite on SQLite and on PostgreSQL
	@exec $(PY) -m tests.check

test-topologies: $(FULL_STAMP) ## A day of school in all ten topologies, behind a real nginx; takes minutes
	@exec $(PY) -m pytest tests/topologies -q --topology=all

test-image: $(FULL_STAMP) ## Build the image without an engine, and pass a day of school in it; needs root, buildah and debootstrap
	@exec $(PY) -m pytest tests/image -m image -q --topology=monolith --topology=lifted:attendance

test-mysql: $(FULL_STAMP) $(MYSQL_STAMP) ## A school moves in from a MariaDB server; needs mariadb-server-core, gcc, pkg-config and libmariadb-dev
	@PYTHONPATH=$(MYSQL) exec $(PY) -m pytest tests/legacy tests/servers -m mysql -q

lint: $(FULL_STAMP) ## Only the linters and the types
	@exec $(PY) -m tests.check --no-tests

format: $(FULL_STAMP) ## Sort imports and format
	@$(PY) -m ruff check --quiet --fix --exit-zero . && $(PY) -m ruff format .

fuzz: $(FULL_STAMP) ## Send the API whatever its description allows, and much that it does not (OPERATION=, ROLE=, RESUME=1); takes long
	@FUZZ=1 exec $(PY) -m pytest tests/api/test_fuzzing.py -n 2 -q

benchmarks: $(FULL_STAMP) ## Measure; prints ratios
	@exec $(PY) -m pytest tests/benchmarks -m benchmark -p no:randomly -q -s

lock: $(FULL_STAMP) ## Write requirements/*.txt anew from requirements/*.in (UPGRADE=1 takes newer versions)
	@for name in $(LOCKS); do \
		$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade) \
			requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

clean: ## Remove the environment and all caches; keeps var/ (your data)
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Python 3.11 or newer is needed." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is `$(PYTHON) --version 2>&1`. Name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "Python's venv is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) ..."
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/installer.txt 2>/dev/null \
		|| echo "uv cannot be installed here; pip does its work, more slowly."

$(CORE_STAMP): | $(PY)
	@$(call install,core)
	@rm -f $(VENV)/.installed-core-* && touch $@

$(FULL_STAMP): | $(PY)
	@$(call install,core test dev telemetry)
	@rm -f $(VENV)/.installed-* && touch $(CORE_STAMP) $@

$(MYSQL_STAMP): | $(PY)
	@rm -rf $(MYSQL)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --target $(MYSQL) -r requirements/mysql.txt
	@touch $@

# uv takes seconds where pip takes half a minute. pip reads the machine's own package settings, so it is tried when uv fails.
define install
echo "Installing packages ($(1)) ..."; \
files="$(foreach name,$(1),-r requirements/$(name).txt)"; \
{ [ -x $(VENV)/bin/uv ] && $(VENV)/bin/uv pip install --quiet --system-certs --python $(PY) --require-hashes $$files; } \
	|| { echo "Installing with pip, which takes a little longer ..."; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes $$files; }
endef
