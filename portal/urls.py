"""All addresses of the platform; each package brings its own.

Pages for citizens stand under `/` in German and under `/en/` in English. Files, the desk, the login and interfaces have
one address each (`portal.middleware.LanguageMiddleware` says which language they speak).
"""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from portal import pages

urlpatterns = [
    path("", include("geo.urls")),
    path("", include("cases.urls")),
    path("konto/", include("accounts.urls")),
    path("verwaltung/posteingang/", include("intake.urls")),
    path("verwaltung/", include("moderation.urls")),
    path("verwaltung/betrieb/", include("portal.watch.urls")),
    path("verwaltung/plattform/", include("portal.platform.urls")),
    path("verwaltung/uebung/", include("portal.practice.urls")),
    path("api/", include("api.urls")),
    path("open311/", include("api.open311.urls")),
    path("aussendienst/", include("field.urls")),
    *pages.plain,
    *i18n_patterns(
        path("", include("reports.urls")),
        path("", include("subscriptions.urls")),
        path("", include("citizens.urls")),
        path("", include("intake.urls_public")),
        *pages.translated,
        prefix_default_language=False,
    ),
]
handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
