"""Settings of the platform, read from the environment.

Every variable is listed in docs/production.env.example. A value that makes no sense stops the start with its name:
a portal that runs with half its settings is worse than one that does not run. The module is long because every
setting has one place.
"""

import secrets
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from portal.logs import LOGGING as LOGGING

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", False)
MAINTENANCE = env.bool("MAINTENANCE", False)
"""Every page says that it will be back; a file does the same without a restart (see portal.maintenance)."""
DEMO = env.bool("DEMO", True)
"""The demo platform: generated data, a mailbox page instead of real mail, logins on the login page."""
HTTPS = env.bool("HTTPS", False)
"""The platform is reached by https: secure cookies, HSTS, links with https."""


def _one_of(name: str, *values: str) -> Callable[[str], None]:
    """A check for `env.str`: the setting `name` is one of these words."""

    def check(value: str) -> None:
        if value not in values:
            raise ImproperlyConfigured(f"{name} must be one of: {', '.join(values)}.")

    return check


def _secret_key() -> str:
    """The key of the environment; without HTTPS one that is made at the first start and kept in DATA_DIR."""
    if key := env.str("SECRET_KEY", ""):
        return key
    if HTTPS:
        raise ImproperlyConfigured("SECRET_KEY is missing: set it to at least 50 random characters.")
    file = DATA_DIR / "secret_key"
    try:
        with file.open("x") as new:
            file.chmod(0o600)
            new.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return file.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", ".localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
PORT = env.int("PORT", 8000)
PUBLIC_SCHEME = "https" if HTTPS else "http"
PUBLIC_PORT = env.str("PUBLIC_PORT", "" if HTTPS else str(PORT))
"""Port in links of mails; empty where the proxy listens on the usual one."""
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
"""How many reverse proxies stand in front, each adding one address to X-Forwarded-For."""
TRUSTED_ADDRESSES = env.list("TRUSTED_ADDRESSES", [] if HTTPS else ["127.0.0.1", "::1"])
"""Client addresses of programs of the house, which no throttle slows down. Without a proxy that is this machine."""

INSTALLED_APPS = [
    "portal",
    "api",
    "moderation",
    "citizens",
    "intake",
    "field",
    "notifications",
    "subscriptions",
    "reports",
    "forms",
    "dispatch",
    "pages",
    "cases",
    "accounts",
    "geo",
    "outbox",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "rest_framework",
    "rest_framework_gis",
    "drf_spectacular",
    "leaflet",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.compression.CompressionMiddleware",
    "portal.conditional.PublicConditionalMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.ClientAddressMiddleware",
    "portal.middleware.HealthMiddleware",
    "portal.short.ShortMiddleware",
    "portal.watch.metrics.MetricsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "portal.watch.slow.SlowMiddleware",
    "portal.middleware.MaintenanceMiddleware",
    "portal.middleware.FullMiddleware",
    "geo.middleware.MunicipalityMiddleware",
    "portal.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguageMiddleware",
    "portal.middleware.SetUpMiddleware",
    "portal.middleware.ClosedMiddleware",
    "portal.middleware.MethodMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.CrewMiddleware",
    "accounts.middleware.StaffTotpMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "portal.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# Database -----------------------------------------------------------------------------------------------------------
def _libraries(package: str, pattern: str) -> str | None:
    """A shared library out of a wheel: GDAL and GEOS come with pyogrio and shapely, so no system package is needed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parents[1] / f"{package}.libs"
    found = sorted(folder.glob(pattern))
    return str(found[0]) if found else None


if gdal := _libraries("pyogrio", "libgdal*.so*"):
    GDAL_LIBRARY_PATH = gdal
if geos := _libraries("shapely", "libgeos_c*.so*"):
    GEOS_LIBRARY_PATH = geos

DATABASE_POOL = env.int("DATABASE_POOL", 8)
"""So many connections to PostgreSQL a process has at most, shared by its threads. 0: each thread keeps its own."""
if DATABASE_POOL < 0:
    raise ImproperlyConfigured("DATABASE_POOL must not be below 0.")
_POOL = {
    "min_size": 1,
    "max_size": DATABASE_POOL,
    # Whoever gets none within so many seconds gets a 503 that says when to come back; the database may be restarting.
    "timeout": 5,
    "reconnect_timeout": 5,
    "max_idle": 300,
    "max_lifetime": 3600,
}
DATABASES: dict[str, dict[str, object]] = {}
if url := env.str("DATABASE_URL", ""):
    if urlsplit(url).scheme not in {"postgis", "postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgis:// (or be empty for SpatiaLite).")
    _of_url = env.dj_db_url("DATABASE_URL")
    DATABASES["default"] = {
        **_of_url,
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "CONN_MAX_AGE": 0 if DATABASE_POOL else 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_of_url.get("OPTIONS", {}), **({"pool": _POOL} if DATABASE_POOL else {})},
    }
    DATABASES["default"]["OPTIONS"] = {
        # The text of hot statements (geo.quick) is planned once per connection; Django's own ones are never prepared.
        "prepare_threshold": 3,
        # Compiling a plan is for reports that run for minutes; where an estimate is too high it takes 100 ms for 1 ms.
        "options": "-c jit=off",
        **cast("dict[str, object]", DATABASES["default"].get("OPTIONS", {})),
    }
else:
    DATABASES["default"] = {
        "ENGINE": "django.contrib.gis.db.backends.spatialite",
        "NAME": str(DATA_DIR / "anliegen.sqlite3"),
        # A connection stays open: opening SpatiaLite costs more than most queries. Transactions take the write lock
        # when they begin, since one that asks for it later can only fail ("database is locked").
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # What is deleted is overwritten, not only unlinked: the terms of keeping hold for the bytes as well.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            "PRAGMA secure_delete=ON;",
        },
        "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
    }
SPATIALITE_LIBRARY_PATH = env.str("SPATIALITE_LIBRARY_PATH", "mod_spatialite")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache, files -------------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL and urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL must look like redis://:password@redis.example.org:6379/0")
CACHES: dict[str, dict[str, object]]
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {
        "default": {
            "BACKEND": "portal.cache.DiskCache",
            "LOCATION": str(DATA_DIR / "cache"),
            "TIMEOUT": 300,
            "OPTIONS": {"size_limit": 2**28},
        }
    }
FILES_DIR = DATA_DIR / "files"
"""Originals and variants of uploads. Nothing serves this folder; cases.views.file checks every access."""
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FILES_DIR), "file_permissions_mode": 0o640},
    },
    "staticfiles": {"BACKEND": "portal.storage.StaticStorage"},
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.bundles.Finder",
]
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
VENDOR_DIR = BASE_DIR / "var" / "vendor"
STATICFILES_DIRS = [BASE_DIR / "static", *([("vendor", VENDOR_DIR)] if VENDOR_DIR.is_dir() else [])]
FILE_UPLOAD_PERMISSIONS = 0o640
OFFLINE = env.bool("OFFLINE", not DEBUG)
"""Browsers keep the report flow for times without a network. False takes the service worker off them again; so does
DEBUG, where files change under the same name."""
PHOTO_MAX_BYTES = 20 * 2**20
PHOTO_MAX_PIXELS = 60_000_000
PHOTO_MAX_COUNT = 5
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 100
"""More than anybody picks from a gallery: beyond PHOTO_MAX_COUNT the form says so, and what was typed stays."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Work in the background ---------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if not REDIS_URL:
    _broker = DATA_DIR / "broker"
    for _folder in ("queue", "processed", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Europe/Berlin"


def _positive(value: int) -> None:
    if value < 1:
        raise ImproperlyConfigured("ALERT_QUEUE_MINUTES and ALERT_SILENCE_MINUTES must be above 0.")


# Backups (see portal.backup) ------------------------------------------------------------------------------------------
BACKUP_DIR = env.str("BACKUP_DIR", "")
"""The folder for a backup every night. Empty: none is made by itself."""
BACKUP_KEEP = {
    "daily": env.int("BACKUP_KEEP_DAILY", 7),
    "weekly": env.int("BACKUP_KEEP_WEEKLY", 4),
    "monthly": env.int("BACKUP_KEEP_MONTHLY", 12),
}
"""How many of the nightly backups stay: the newest of so many days, weeks and months."""
if BACKUP_DIR and not any(count > 0 for count in BACKUP_KEEP.values()):
    raise ImproperlyConfigured("BACKUP_KEEP_DAILY, _WEEKLY and _MONTHLY keep nothing: one must be above 0.")
BACKUP_PASSPHRASE = env.str("BACKUP_PASSPHRASE", "")
BACKUP_PASSPHRASE_FILE = env.str("BACKUP_PASSPHRASE_FILE", "")
"""What seals every backup; the file's first line, so that it need not stand in the environment."""

# Mail ---------------------------------------------------------------------------------------------------------------
MAIL_DIR = DATA_DIR / "mail"
SMTP_URL = env.str("SMTP_URL", "")
"""smtp://, smtp+tls:// (STARTTLS) or smtps:// with user, password and port. Empty: mails are written to MAIL_DIR."""


def _is_relay(url: str) -> bool:
    """Whether it names scheme and host of a mail relay, and a port that can exist."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"smtp", "smtp+tls", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


if SMTP_URL and not _is_relay(SMTP_URL):
    raise ImproperlyConfigured("SMTP_URL must look like smtp+tls://user:password@mail.example.org:587")
RELAY_URL = SMTP_URL or MAIL_DIR.as_uri()
SENDER_ADDRESS = env.str("SENDER_ADDRESS", "noreply@localhost")
if not all(SENDER_ADDRESS.partition("@")) or " " in SENDER_ADDRESS:
    raise ImproperlyConfigured("SENDER_ADDRESS must be an e-mail address.")
EMAIL_BACKEND = "notifications.backend.DeliveryBackend"
DEFAULT_FROM_EMAIL = SENDER_ADDRESS
SERVER_EMAIL = SENDER_ADDRESS

# Watching over the platform (see portal.watch and docs/operations.md) -------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
"""What a collector of /metrics sends as bearer token. Empty: there is no /metrics."""
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN must have at least 20 characters.")
_operators: list[str] = env.list("OPERATOR_EMAIL", [])
OPERATOR_EMAIL = [one.strip() for one in _operators if one.strip()]
"""Who is told of troubles by mail. Empty: nobody."""
if not all(all(one.partition("@")) and " " not in one for one in OPERATOR_EMAIL):
    raise ImproperlyConfigured("OPERATOR_EMAIL must be e-mail addresses, separated by commas.")
ALERT_QUEUE_MINUTES = env.int("ALERT_QUEUE_MINUTES", 15, validate=_positive)
"""So long a job may be due before it is a trouble."""
ALERT_SILENCE_MINUTES = env.int("ALERT_SILENCE_MINUTES", 10, validate=_positive)
"""So long worker and scheduler may give no sign of life."""
ALERT_DISK_GB = env.float("ALERT_DISK_GB", 2.0)
"""Less free room than so many gigabytes is a warning, less than a quarter of it a failure."""
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", 500)
"""Queries that take as long are logged, without what was asked for. 0: none."""

# Other machines (see net) -------------------------------------------------------------------------------------------
GEOCODER_URL = env.str("GEOCODER_URL", "").rstrip("/")
"""Where to look up an address the own gazetteer does not know. Empty: what citizens type never leaves this house."""
GEOCODER_KIND = env.str("GEOCODER_KIND", "nominatim", validate=_one_of("GEOCODER_KIND", "nominatim", "photon", "bkg"))
"""What it speaks: nominatim, photon or bkg."""
if GEOCODER_URL and not GEOCODER_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("GEOCODER_URL must look like https://geocoder.example.org")
TILE_URL = env.str("TILE_URL", "")
"""Raster tiles with {z}, {x}, {y}; fetched and cached by our own server. Empty: the map shows our own layers only."""


def _is_tile_source(url: str) -> bool:
    """Whether it names one host, and the place of a tile behind it."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and not set("{}@") & set(parts.netloc) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and named and all(f"{{{n}}}" in url for n in "zxy")


def _zooms(text: str) -> tuple[int, int]:
    least, _dash, most = text.partition("-")
    if not (least.isdecimal() and most.isdecimal() and int(least) <= int(most) <= 22):
        raise ImproperlyConfigured("TILE_ZOOMS must be the first and the last zoom of the source, such as 0-18.")
    return int(least), int(most)


if TILE_URL and not _is_tile_source(TILE_URL):
    raise ImproperlyConfigured("TILE_URL must look like https://tiles.example.org/{z}/{x}/{y}.png")
TILE_ATTRIBUTION = env.str("TILE_ATTRIBUTION", "")
TILE_ZOOMS = _zooms(env.str("TILE_ZOOMS", "0-18"))
"""First and last zoom that the source has; the map enlarges the last one."""
TILE_EVERYWHERE = env.bool("TILE_EVERYWHERE", False)
"""Whether tiles of the whole world are fetched, not only those around the municipalities."""
TILE_CACHE_MB = env.int("TILE_CACHE_MB", 1024)
"""So much of them is kept on disk."""
if TILE_CACHE_MB < 1:
    raise ImproperlyConfigured("TILE_CACHE_MB must be above 0.")
NET_ALLOWED = env.list("NET_ALLOWED", [])
"""host:port pairs that may be contacted though their address is private."""
if SMTP_URL:
    _relay = urlsplit(SMTP_URL)
    NET_ALLOWED.append(f"{_relay.hostname}:{_relay.port or {'smtps': 465, 'smtp+tls': 587, 'smtp': 25}[_relay.scheme]}")


# People -------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/verwaltung/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
"""Nobody is written to because somebody typed their address; the page says the same either way."""
ACCOUNT_LOGOUT_ON_GET = False
SOCIALACCOUNT_ADAPTER = "accounts.directory.adapter.DirectoryAccounts"
SOCIALACCOUNT_LOGIN_ON_GET = True
"""A link leads to the directory: browsers refuse that a form does (form-action). State and nonce belong to it."""
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_FORMS = {"reset_password": "accounts.forms.ForgottenForm"}
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
STAFF_TOTP = env.str(
    "STAFF_TOTP", "required" if HTTPS else "optional", validate=_one_of("STAFF_TOTP", "required", "optional")
)
"""Whether staff must have a second factor: required or optional."""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Anliegen"
MFA_TOTP_TOLERANCE = 1  # a code that changed while it was typed still counts (RFC 6238, 5.2)
MFA_ADAPTER = "accounts.mfa.MFAAdapter"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
"""A login takes two; a town hall shares one address."""
MFA_FORMS = {
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
    "login_webauthn": "accounts.forms.PasskeyLoginForm",
    "authenticate_webauthn": "accounts.forms.PasskeyFactorForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyConfirmForm",
}


SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Security headers ---------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "worker-src": ["'self'"],
    }
}

# Words and times ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.formats"]
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
USE_THOUSAND_SEPARATOR = True

# Interfaces ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.ShallowJSONParser", "api.parsers.FormDataParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Anliegen",
    "DESCRIPTION": _("Reports of a municipality: read what is public, hand in a new one."),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["api.schema.spoken"],
}
LEAFLET_CONFIG = {"TILES": [], "RESET_VIEW": False, "SCALE": "metric", "NO_GLOBALS": False}
SILENCED_SYSTEM_CHECKS: list[str] = []
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
