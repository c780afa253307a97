"""Addresses of the report flow."""

from django.urls import path

from reports import flow_end, flow_views, offline

urlpatterns = [
    path("melden/", flow_views.begin, name="report_new"),
    path("melden/offline/", offline.shell, name="report_offline"),
    path("melden/geraet/", offline.device, name="device"),
    path("offline/", offline.offline, name="offline"),
    path("melden/fertig/<str:secret>/", flow_end.receipt, name="report_receipt"),
    path("melden/fertig/<str:secret>/qr.svg", flow_end.receipt_qr, name="report_receipt_qr"),
    path("melden/danke/<str:number>/", flow_end.thanks, name="report_thanks"),
    path("melden/<str:secret>/fotos/", flow_views.photos, name="report_photos"),
    path("melden/<str:secret>/<str:step>/", flow_views.step, name="report_step"),
]
