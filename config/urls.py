"""All routes: the kernel's, the pages', a divided house's internal API, and where users is local the admin site."""

from django.conf import settings
from django.urls import include, path

from contracts.base import Service

urlpatterns = [
    path("", include("kernel.urls")),
    path("", include("portal.urls")),
]
if settings.DIVIDED:
    from kernel.rpc.api import InternalApi

    local = [interface for name, interface in sorted(Service.interfaces.items()) if name in settings.LOCAL_MODULES]
    urlpatterns.append(path("internal/v1/", InternalApi(local).urls))
if settings.HAS_USERS:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
