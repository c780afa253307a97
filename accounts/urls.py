"""Login, logout, password and second factor by django-allauth; the sign-up page stays closed."""

from allauth.account import views as account
from allauth.mfa import urls as mfa_urls
from django.urls import include, path, re_path

from accounts import arriving
from accounts.directory import views as directory
from accounts.forms import LoginForm

urlpatterns = [
    path("anmelden/", directory.LoginPage.as_view(form_class=LoginForm), name="account_login"),
    path("abmelden/", account.logout, name="account_logout"),
    path("bestaetigen/", account.reauthenticate, name="account_reauthenticate"),
    path("inaktiv/", account.account_inactive, name="account_inactive"),
    path("passwort/", account.password_change, name="account_change_password"),
    path("passwort/setzen/", account.password_set, name="account_set_password"),
    path("passwort/vergessen/", account.password_reset, name="account_reset_password"),
    path("passwort/vergessen/gesendet/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "passwort/neu/fertig/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("einladung/<str:token>/", arriving.arrive, name="invitation"),
    path("verzeichnis/", directory.login, name="directory_login"),
    path("verzeichnis/zurueck/", directory.callback, name="directory_callback"),
    path("zweiter-faktor/", include(mfa_urls)),
]
