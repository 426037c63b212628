"""All routes: the kernel's, the pages', and where users is local the admin site."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("kernel.urls")),
    path("", include("portal.urls")),
]
if settings.HAS_USERS:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
