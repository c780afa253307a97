"""Addresses of Open311; `.xml` and `.json` say in which form they answer."""

from django.urls import re_path

from api.open311 import views

_FORM = r"(?:\.(?P<form>[xX][mM][lL]|[jJ][sS][oO][nN]))?/?$"

urlpatterns = [
    re_path(rf"^(?:v2/)?discovery{_FORM}", views.discovery, name="open311_discovery"),
    re_path(rf"^v2/services{_FORM}", views.service_list, name="open311_services"),
    re_path(rf"^v2/services/(?P<code>[^/]+?){_FORM}", views.service_definition, name="open311_service"),
    re_path(rf"^v2/requests{_FORM}", views.request_list, name="open311_requests"),
    re_path(rf"^v2/requests/(?P<number>[^/]+?){_FORM}", views.one_request, name="open311_request"),
    re_path(rf"^v2/tokens/(?P<number>[^/]+?){_FORM}", views.token, name="open311_token"),
    re_path(rf"^v2/servicerequestupdates{_FORM}", views.update_list, name="open311_updates"),
    re_path(r"^", views.nothing),
]
