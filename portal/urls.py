"""All addresses of the platform; each package brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("geo.urls")),
    path("", include("cases.urls")),
    path("", include("reports.urls")),
    path("", include("subscriptions.urls")),
    path("", include("citizens.urls")),
    path("konto/", include("accounts.urls")),
    path("verwaltung/", include("moderation.urls")),
    path("api/", include("api.urls")),
    path("", include("portal.pages")),
]
handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
