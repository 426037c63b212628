"""Routes of the kernel: health of the process, and of all modules."""

from django.urls import path

from kernel.health import health, services_status

urlpatterns = [
    path("health", health, name="health"),
    path("api/v1/services/status", services_status, name="services_status"),
]
