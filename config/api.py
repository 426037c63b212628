"""The public API's routes: each local module's, the kernel's, and an answer for every other address below /api/."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path, re_path

from kernel.rest.problems import unknown_address

urlpatterns = [
    *(
        path("", include(f"modules.{name}.rest"))
        for name in settings.LOCAL_MODULES
        if find_spec(f"modules.{name}.rest")
    ),
    path("", include("kernel.rest.urls")),
    re_path("^api/", unknown_address),
]
