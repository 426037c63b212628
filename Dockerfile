# One image for every topology. The base is any Debian with Python 3.11 or newer and venv.
ARG BASE=docker.io/library/python:3.12-slim-bookworm

FROM ${BASE} AS build
# --build-arg EXTRA=telemetry adds what OTEL_EXPORTER_OTLP_ENDPOINT and SENTRY_DSN need.
ARG EXTRA=
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/*.txt requirements/
# pip stays behind, and so do translations: the school speaks English. Compiled code goes along, since the image may be
# read-only: it is a fifth of the packages' size, and saves each process more than a second of work when it starts.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv \
    && /opt/pip/bin/python -m pip --python /opt/venv/bin/python install --compile --require-hashes \
        -r requirements/core.txt -r requirements/prod.txt ${EXTRA:+-r requirements/$EXTRA.txt} \
    && find /opt/venv -path '*/locale/*' -name '*.[mp]o' -not -path '*/locale/en/*' -delete
COPY manage.py ./
COPY config config
COPY migrations_legacy migrations_legacy
COPY src src
# The folder's existence switches the settings to hashed names and compressed files; brotli makes them smallest, and is
# not needed after that.
RUN mkdir staticfiles \
    && ENVIRONMENT=local SECRET_KEY=only-while-the-image-is-built /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && find staticfiles -name '*.map*' -delete \
    && /opt/pip/bin/python -m pip --python /opt/venv/bin/python uninstall --yes --quiet brotli \
    && /opt/venv/bin/python -m compileall -q config migrations_legacy src

FROM ${BASE}
# --build-arg REVISION=$(git rev-parse HEAD) says of which source an image is.
ARG REVISION=
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /app --shell /usr/sbin/nologin app \
    && install --directory --owner=app --group=app --mode=0750 /data /data/media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
# By its number, so that an orchestrator sees that it is not root.
USER 10001
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
LABEL org.opencontainers.image.title="Student Management System" \
      org.opencontainers.image.description="School administration for heads, staff and students; one image for every topology" \
      org.opencontainers.image.revision=$REVISION
CMD ["python", "-m", "config.launch.server"]
