"""What the API offers besides the modules' own: its description, for programs and for people, and their health."""

from django.urls import path

from kernel.rest import platform

urlpatterns = [
    path("api/schema/", platform.schema, name="api_schema"),
    path("api/docs/", platform.docs, name="api_docs"),
    path("api/v1/<str:module>/health/", platform.health, name="api_health"),
]
