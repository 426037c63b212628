"""Routes of the kernel: the keys of access tokens, the health and metrics of the process, and the health of all."""

from django.urls import path

from kernel.health import health, services_status
from kernel.identity.views import published_keys
from kernel.metrics import metrics

urlpatterns = [
    path(".well-known/jwks.json", published_keys, name="published_keys"),
    path("health", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/services/status", services_status, name="services_status"),
]
