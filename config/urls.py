"""All routes: the kernel's, the API's, the pages', what modules serve by themselves, the internal API of a divided
house, and where users is local the admin site.
"""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from django.views import defaults

from kernel.rest.problems import api_or, away_or, database_away

urlpatterns = [
    path("", include("kernel.urls")),
    *([path("", include("portal.urls"))] if settings.HAS_PORTAL else []),
    *(path("", include(urls)) for name in settings.LOCAL_MODULES if find_spec(urls := f"modules.{name}.urls")),
    path("", include("config.api")),
]
if settings.DIVIDED:
    from kernel.rpc.api import internal_urls

    urlpatterns.append(path("internal/v1/", include(internal_urls(settings.LOCAL_MODULES))))
if settings.HAS_USERS:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = api_or(defaults.bad_request, 400)
if settings.HAS_PORTAL:
    from portal.views import errors

    handler403 = api_or(errors.forbidden, 403)
    handler404 = api_or(errors.not_found, 404)
    handler500 = away_or(errors.database_away, api_or(errors.server_error, 500))
else:
    handler403 = api_or(defaults.permission_denied, 403)
    handler404 = api_or(defaults.page_not_found, 404)
    handler500 = away_or(database_away, api_or(defaults.server_error, 500))
