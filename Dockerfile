# One image for every topology. The base is any Debian with Python 3.11 or newer and venv.
ARG BASE=docker.io/library/python:3.12-slim-bookworm

FROM ${BASE} AS build
# --build-arg EXTRA=telemetry adds what OTEL_EXPORTER_OTLP_ENDPOINT and SENTRY_DSN need.
ARG EXTRA=
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/*.txt requirements/
# pip stays behind, and so do the sources of translations. Compiled code goes along: the image may be read-only.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv \
    && /opt/pip/bin/python -m pip --python /opt/venv/bin/python install --compile --require-hashes \
        -r requirements/core.txt -r requirements/prod.txt ${EXTRA:+-r requirements/$EXTRA.txt} \
    && find /opt/venv -name '*.po' -delete
COPY manage.py ./
COPY config config
COPY migrations_legacy migrations_legacy
COPY src src
# The folder's existence switches the settings to hashed names and compressed files; brotli makes them smallest.
RUN mkdir staticfiles \
    && ENVIRONMENT=local SECRET_KEY=only-while-the-image-is-built /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && find staticfiles -name '*.map*' -delete \
    && /opt/venv/bin/python -m compileall -q config migrations_legacy src

FROM ${BASE}
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /app --shell /usr/sbin/nologin app \
    && install --directory --owner=app --group=app --mode=0750 /data /data/media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/src:/app \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    ENVIRONMENT=production \
    MEDIA_ROOT=/data/media \
    HOST=0.0.0.0 \
    PORT=8000 \
    WORKERS=2
VOLUME /data/media
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "config.launch.healthcheck"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "config.launch.server"]
