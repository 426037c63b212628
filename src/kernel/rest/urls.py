"""What the API offers besides the modules' own: its description, for programs and for people, its short addresses, the
modules' health, and what was done.
"""

from django.conf import settings
from django.urls import path, re_path

from kernel import audit
from kernel.rest import HOD, Api, composed, platform, reads

urlpatterns = [
    Api(name="audit").path("", get=reads("Read the audit log", composed("query")(audit.records), HOD, searched=True)),
    path("api/schema/", platform.schema, name="api_schema"),
    path("api/docs/", platform.docs, name="api_docs"),
    re_path(rf"^api/v1/(?P<alias>{'|'.join(settings.API_ALIASES)})/", platform.moved),
    path("api/v1/<str:module>/health/", platform.health, name="api_health"),
]
