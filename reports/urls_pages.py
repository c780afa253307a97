"""Addresses of the public pages."""

from django.urls import path

from reports import barrier, feed, forwarded, map, own, page, statistics_page, tokens, track, widget  # noqa: A004  the page is called so

urlpatterns = [
    path("karte/", map.show, name="map"),
    path("karte/daten.json", map.data, name="map_data"),
    path("karte/kacheln/<int:z>/<int:x>/<int:y>.json", map.tile, name="map_tile"),
    path("karte/liste/", map.rows, name="map_list"),
    path("meldungen/", page.redirect_bare),
    path("meldungen/feed/", feed.feed, name="report_feed"),
    path("meldungen/<str:number>/", page.show, name="report"),
    path("meldungen/<str:number>/folgen/", page.interest, name="report_interest"),
    path("meldungen/<str:number>/rueckmeldung/", page.feedback, name="report_feedback"),
    path("meldungen/<str:number>/qr.svg", page.qr, name="report_qr"),
    path("meldungen/<str:number>/ort/<slug:scheme>/", page.place, name="report_place"),
    path("meine/<str:secret>/", own.show, name="own_report"),
    path("meine/<str:secret>/<slug:slug>/", own.deed, name="own_deed"),
    path("bestaetigen/folgen/<str:token>/", tokens.confirm_interest, name="confirm_interest"),
    path("bestaetigen/<str:token>/", tokens.confirm_contact, name="confirm_contact"),
    path("abbestellen/meldung/<str:token>/", tokens.stop_mails, name="stop_mails"),
    path("abbestellen/<str:token>/", tokens.unfollow, name="unfollow"),
    path("weitergeleitet/<str:token>/", forwarded.show, name="forwarded"),
    path("weitergeleitet/<str:token>/foto/<str:key>/<str:variant>.jpg", forwarded.photo, name="forwarded_photo"),
    path("barriere-melden/", barrier.show, name="report_barrier"),
    path("statistik/", statistics_page.show, name="statistics"),
    path("widget/", widget.show, name="widget"),
    path("verfolgen/", track.track, name="track"),
]
