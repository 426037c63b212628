"""The public API's routes: the kernel's, each local module's, and an answer for every other address below /api/."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path, re_path

from kernel.rest.problems import unknown_address

urlpatterns = [
    path("", include("kernel.rest.urls")),  # first: a module's `<audience>/` would take its health for one
    *(
        path("", include(f"modules.{name}.rest"))
        for name in settings.LOCAL_MODULES
        if find_spec(f"modules.{name}.rest")
    ),
    re_path("^api/", unknown_address),
]
