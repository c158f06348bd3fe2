"""Settings by environment; production has no defaults for secrets and addresses."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
import pgtrigger
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from kam import embedded
from kam.mail_settings import mail_settings

KAM_VERSION = "0.1.0"
BASE_DIR = Path(__file__).resolve().parent.parent
KAM_HOME = embedded.home()
ENVIRONMENT = os.environ.get("KAM_ENV", "development")
PRODUCTION = ENVIRONMENT == "production"
TESTING = "pytest" in sys.modules


def required(name: str, default: str) -> str:
    """An environment variable: demanded in production, defaulted elsewhere."""
    value = os.environ.get(name, "")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: it has no default in production.")
    return value or default


def flag(name: str, *, default: bool) -> bool:
    """A yes/no environment variable."""
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured(f"KAM_ENV is {ENVIRONMENT!r}; use development or production.")

DEBUG = flag("KAM_DEBUG", default=False) and not PRODUCTION
KAM_GALLERY = DEBUG or flag("KAM_GALLERY", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY") or ("" if PRODUCTION else embedded.secret_key())
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY: it has no default in production.")
ALLOWED_HOSTS = required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "kam.core",
    "kam.identity",
    "kam.imports",
    "kam.notifications",
    "accounts",
    "interactions",
    "settlements",
    "plans",
    "kam.dashboards",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kam.core.middleware.DatabaseOutageMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kam.identity.middleware.UserLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kam.identity.middleware.SessionLimitsMiddleware",
    "kam.identity.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "kam.core.middleware.NotAPageMiddleware",
]
if TESTING:  # nothing is collected; the live server brings static files itself
    MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")

ROOT_URLCONF = "kam.urls"
WSGI_APPLICATION = "kam.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kam.core.context.shell",
            ],
        },
    },
]

# Database: the embedded PostgreSQL unless DATABASE_URL names another one.
DATABASE_URL = required("DATABASE_URL", embedded.postgres_url())
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_health_checks=True)}
_DB_OPTIONS: dict[str, Any] = DATABASES["default"].setdefault("OPTIONS", {})
# Each trigger asks pgtrigger which triggers are left out. Where a session does not say "none", that
# raises and swallows an error each time, which costs many times what the trigger itself does.
_DB_OPTIONS["options"] = f"{_DB_OPTIONS.get('options', '')} -c pgtrigger.ignore={{}}".strip()
if flag("KAM_DB_POOL", default=False):
    _DB_OPTIONS["pool"] = {
        "min_size": 1,
        "max_size": int(os.environ.get("KAM_DB_POOL_SIZE", "12")),
        "timeout": 5,
        "max_lifetime": 1800,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0 if TESTING else 600
if TESTING:  # a database for each run, so that several can stand side by side
    DATABASES["default"]["TEST"] = {"NAME": f"test_kam_{os.getpid()}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# History: triggers at statement level, rows that nobody may change.
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_APPEND_ONLY = True
PGHISTORY_ADMIN_ALL_EVENTS = False

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["kam.identity.backends.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "identity:sign-in"
LOGIN_REDIRECT_URL = "dashboards:my-day"
LOGOUT_REDIRECT_URL = "identity:sign-in"
KAM_SESSION_SECONDS = 12 * 60 * 60  # since the sign-in
KAM_IDLE_SECONDS = 3 * 60 * 60  # since the last request
KAM_SIGN_IN_FAILURES_PER_ACCOUNT = 5  # within 5 minutes
KAM_SIGN_IN_FAILURES_PER_ADDRESS = int(os.environ.get("KAM_SIGN_IN_FAILURES_PER_ADDRESS", "5"))
# How many of our own proxies stand before the web server and write X-Forwarded-For.
KAM_TRUSTED_PROXIES = int(os.environ.get("KAM_TRUSTED_PROXIES", "1" if PRODUCTION else "0"))
SESSION_COOKIE_AGE = KAM_SESSION_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# Safety
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fi", _("Finnish")),
    ("ro", _("Romanian")),
    ("zh-hans", _("Chinese (simplified)")),
    ("vi", _("Vietnamese")),
]
LOCALE_PATHS = [BASE_DIR / "kam" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("KAM_TIME_ZONE", "Europe/Helsinki")

FILTERS_EMPTY_CHOICE_LABEL = _("Any")

# Files
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist")]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
# Names with a digest, Django's or that of the script bundler, never change their content.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+(\.[0-9a-f]{12}|-[0-9A-Z]{8})\..+$"
MEDIA_ROOT = Path(os.environ.get("KAM_MEDIA", KAM_HOME / "media"))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# A sales plan is typed month by month: five years of a wide range are some thousands of fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
KAM_UPLOAD_MAX_BYTES = int(os.environ.get("KAM_UPLOAD_MAX_BYTES", 512 * 1024 * 1024))

# Mail: files below KAM_HOME on one machine, a server by EMAIL_URL (or EMAIL_HOST alone).
EMAIL_URL = os.environ.get("EMAIL_URL") or required("EMAIL_HOST", "")
KAM_HAS_MAIL_SERVER = bool(EMAIL_URL) and not EMAIL_URL.startswith(("file:", "console:"))
MAILERS = {"default": mail_settings(EMAIL_URL, default_folder=KAM_HOME / "mail")}
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or (
    f"kam <no-reply@{ALLOWED_HOSTS[0]}>" if PRODUCTION else "kam <kam@localhost>"
)
# What links in mails begin with.
KAM_PUBLIC_URL = os.environ.get("KAM_PUBLIC_URL", "").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000"
)

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "kam.identity.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["kam.identity.api.permissions.HasCapability"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kam.core.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "kam.core.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "kam.core.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "kam.core.api.problems.handle_exception",
    "COERCE_DECIMAL_TO_STRING": True,
    "STRICT_JSON": True,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "kam API",
    "DESCRIPTION": "Accounts, revenue, concentration, receivables and imports. The rules that hold "
    "for every operation (keys, pages, errors, versions, repeating a request) stand in "
    "docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kam.core.api.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "JobState": "kam.core.choices.JobState",
        "BatchState": "kam.imports.choices.BatchState",
        "AccountKind": "accounts.choices.AccountKind",
        "AccountStatus": "accounts.choices.AccountStatus",
        "OpenAccountStatus": "accounts.api.serializers.accounts.STATUSES",
        "RowStatus": "kam.core.api.bulk.STATUSES",
        "Channel": "accounts.choices.Channel",
        "ConcentrationLevel": "accounts.choices.ConcentrationLevel",
        "CustomerFunction": "accounts.choices.Function",
        "DecisionRole": "accounts.choices.DecisionRole",
        "StakeholderRatingKind": "accounts.choices.RatingKind",
        "StakeholderLinkKind": "accounts.choices.StakeholderLinkKind",
        "RelationshipLevel": "accounts.choices.RelationshipLevel",
        "Influence": "accounts.choices.Influence",
        "Support": "accounts.choices.Support",
        "RatingBasis": "accounts.choices.RatingBasis",
        "TierModelStatus": "accounts.choices.TierModelStatus",
        "TierLevel": "accounts.choices.TierLevel",
        "TierDirection": "accounts.choices.TierDirection",
        "TierMethod": "accounts.choices.TierMethod",
        "RatedMeasure": "accounts.choices.RatedMeasure",
        "RelationshipStage": "accounts.choices.RelationshipStage",
        "WalletConfidence": "accounts.choices.WalletConfidence",
        "OpportunityKind": "accounts.choices.OpportunityKind",
        "OpportunityOrigin": "accounts.choices.OpportunityOrigin",
        "OpportunityStage": "accounts.choices.OpportunityStage",
        "LostReason": "accounts.choices.LostReason",
        "AddressKind": "accounts.choices.AddressKind",
        "PlacementKind": "accounts.choices.PlacementKind",
        "ShelfLevel": "accounts.choices.ShelfLevel",
        "PlacementStage": "accounts.api.serializers.placement.STAGE_CHOICES",
        "CheckState": "accounts.choices.CheckState",
        "CheckOutcome": "accounts.choices.CheckOutcome",
        "PortraitHeading": "accounts.choices.PortraitHeading",
        "CompetitorMoveKind": "accounts.choices.CompetitorMoveKind",
        "MarketMeasure": "accounts.choices.MarketMeasure",
        "HealthLevel": "accounts.choices.HealthLevel",
        "CostKind": "accounts.choices.CostKind",
        "SpreadRule": "accounts.choices.SpreadRule",
        "PromiseSide": "accounts.choices.PromiseSide",
        "PromiseOutcome": "accounts.choices.PromiseOutcome",
        "TeamFunction": "accounts.choices.TeamFunction",
        "RequestStatus": "accounts.choices.RequestStatus",
        "Priority": "accounts.choices.Priority",
        "CalendarKind": "accounts.choices.CalendarKind",
        "ConcentrationMeasure": "accounts.choices.ConcentrationMeasure",
        "AlertLevel": "accounts.choices.AlertLevel",
        "ShelfGapReason": "accounts.choices.GapReason",
        "NotificationMail": "kam.notifications.choices.Mail",
        "Role": "kam.identity.choices.Role",
        "TokenScope": "kam.identity.choices.TokenScope",
        "DocumentKind": "settlements.choices.DocumentKind",
        "PostableKind": "settlements.api.serializers.documents.POSTABLE",
        "ItemSide": "settlements.api.serializers.documents.SIDES",
        "WorkRole": "settlements.choices.WorkRole",
        "WorkState": "settlements.choices.WorkState",
        "WorkOutcome": "settlements.choices.WorkOutcome",
        "WorkEnd": "settlements.api.serializers.work.ENDS",
        "GapOutcome": "settlements.choices.GapOutcome",
        "GapAnswer": "settlements.api.serializers.work.GAP_ANSWERS",
    },
}

# Jobs: what was found to lose nothing when workers, broker or database die.
REDIS_URL = required("REDIS_URL", embedded.broker_url())
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Remote control listens on a connection that the Redis client renews by itself; where the broker is
# back quickly, the worker would then read it for ever and do nothing else.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1740
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2400,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_on_timeout": True,
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps no file: job runs say what was missed
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("KAM_LOG_LEVEL", "WARNING")},
}
