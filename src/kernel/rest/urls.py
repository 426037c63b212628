"""What the API offers besides the modules' own: its description, for programs and for people, their health, and what
was done.
"""

from django.urls import path

from kernel import audit
from kernel.rest import HOD, Api, composed, platform, reads

urlpatterns = [
    Api(name="audit").path("", get=reads("Read the audit log", composed("query")(audit.records), HOD, searched=True)),
    path("api/schema/", platform.schema, name="api_schema"),
    path("api/docs/", platform.docs, name="api_docs"),
    path("api/v1/<str:module>/health/", platform.health, name="api_health"),
]
