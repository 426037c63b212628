"""Routes of the kernel: the keys of access tokens, the health of the process, and that of all modules."""

from django.urls import path

from kernel.health import health, services_status
from kernel.identity.views import published_keys

urlpatterns = [
    path(".well-known/jwks.json", published_keys, name="published_keys"),
    path("health", health, name="health"),
    path("api/v1/services/status", services_status, name="services_status"),
]
