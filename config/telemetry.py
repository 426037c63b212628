"""Traces for OpenTelemetry and errors for Sentry, each where the environment names an address for it, and else nothing.

The packages are those of `requirements/telemetry.txt`, which nothing else needs: they are imported only when wanted.
"""

import logging
import os
import sys
from typing import Any

from django.conf import settings

TOLD_ANYWAY = ("kernel.rest.problems", "django_structlog.middlewares.request")
"""Loggers that tell of a failed request, which Sentry hears of by Django's signal."""


def start() -> None:
    """Begin, once in each process that serves or works, before Django makes its middleware."""
    if settings.SENTRY_DSN:
        _report_errors()
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        _trace()


def _report_errors() -> None:
    """Errors with their traceback, and nothing of what was sent: neither bodies nor the values of variables."""
    import sentry_sdk
    from sentry_sdk.integrations.logging import ignore_logger

    for name in TOLD_ANYWAY:
        ignore_logger(name)
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_by_its_name,
    )


def _by_its_name(event: Any, hint: dict[str, Any]) -> Any:
    """What was logged comes as fields: it is told by its name, so that equal ones are one, and with what was raised."""
    from sentry_sdk import get_client
    from sentry_sdk.utils import event_from_exception

    record: logging.LogRecord | None = hint.get("log_record")
    if record is None or not isinstance(record.msg, dict):
        return event
    event["logentry"] = {"message": record.msg["event"]}
    raised = record.msg.get("exc_info")
    raised = sys.exc_info()[1] if raised is True else raised
    if isinstance(raised, BaseException):
        told, _hint = event_from_exception(raised, client_options=get_client().options)
        event["exception"] = told["exception"]
    return event


def _trace() -> None:
    """A span for each request, task and call over HTTP. What is called, another module among them, is told the trace
    in `traceparent`. All other variables of OpenTelemetry, as OTEL_SERVICE_NAME, are read by its SDK.
    """
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    os.environ.setdefault("OTEL_SERVICE_NAME", "school")
    provider = TracerProvider(resource=Resource.create())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    for instrumentor in (DjangoInstrumentor(), CeleryInstrumentor(), URLLib3Instrumentor()):
        instrumentor.instrument()
