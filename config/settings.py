"""One settings file, driven by the environment; docs/operations.md lists every name.

With nothing set, these are development's defaults. With DEBUG=false, Threshold starts only when each
secret is set and is no default.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF

from config.environment import DEVELOPMENT_SECRET, refusal_to_start
from config.logs import logging_config

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=True)
DEMO = env.bool("DEMO", default=False)
# serves nothing and reads no secret; it is promised to need no environment, also in the image
ASKS_THE_RULES_ONLY = sys.argv[1:2] == ["explain_deadlines"]
if not DEBUG and not ASKS_THE_RULES_ONLY and (refusal := refusal_to_start(os.environ)):
    sys.exit(refusal)

# --- Who and where -----------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY", default=DEVELOPMENT_SECRET)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")
AUTHORITY_NAME = env("AUTHORITY_NAME", default="Ambleford Council")
SERVICE_NAME = "Threshold"
PROTOCOL_PRESET = env("PROTOCOL_PRESET", default="wirral")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=[urlsplit(SITE_URL).hostname or "localhost"]
    + (["localhost", "127.0.0.1", "[::1]"] if DEBUG or DEMO else []),
)
HTTPS = SITE_URL.startswith("https://")

# --- What it is made of ------------------------------------------------------------------------------
ROOMS = [
    "audit", "govuk", "outbox", "accounts", "protocols", "cases", "deadlines", "referrals",
    "strategy", "attendees", "minutes", "escalations", "worklist",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "pgtrigger",
    "csp",
    *ROOMS,
    *(["config.demomail"] if DEMO else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.requests.RequestLog",
    "config.middleware.headers.SafeHeaders",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.sessions.SessionLimits",
    "config.middleware.sessions.KeepTypedText",
    "config.middleware.ways_in.LeadIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.RequireSecondFactor",
    "config.middleware.refusals.ExplainRefusals",
    "config.middleware.late.AskWhyLate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
FORM_RENDERER = "govuk.renderer.GovukRenderer"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
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
                "config.context.names",
                "worklist.context.navigation",
            ]
        },
    }
]

# --- The database: the queue of record, so every wait in it has an end ----------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL", default="postgres:///threshold")}
STATEMENT_TIMEOUT = env("STATEMENT_TIMEOUT", default="30s")
_waits = (
    f"-c lock_timeout=5s -c statement_timeout={STATEMENT_TIMEOUT} -c idle_in_transaction_session_timeout=60s"
)
_database = DATABASES["default"]
_database["OPTIONS"] = {"connect_timeout": 3, "options": _waits} | _database.get("OPTIONS", {})
_database["CONN_HEALTH_CHECKS"] = True
if _pool := env.int("DATABASE_POOL", default=0):
    _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _pool, "timeout": 3}
else:
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits live in the cache, so it is shared by all processes and is never the broker.
CACHES = {"default": env.cache_url("CACHE_URL", default="dbcache://django_cache")}

# --- Signing in --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an administrator, never by a visitor
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = f"{SERVICE_NAME} ({AUTHORITY_NAME})"
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=not DEBUG)

# --- Sessions and headers ------------------------------------------------------------------------------
SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked by the load balancer, inside
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# Files of agencies are looked into, and scanned where ClamAV is named: tcp://host:3310 or unix:///path.
CLAMAV = env("CLAMAV", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # two megabytes pasted from Word are met with a sentence
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Words, times and static files -----------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Letters ---------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:1025"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="threshold@ambleford.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
OUTBOX_HELD = env.bool("OUTBOX_HELD", default=False)  # a restored copy must not send old letters again
OUTBOX_RETURN_PATH = env("OUTBOX_RETURN_PATH", default="")
OUTBOX_MESSAGE_DOMAIN = env("OUTBOX_MESSAGE_DOMAIN", default="")
APPLICATION_ROLE = env("APPLICATION_ROLE", default="")  # the role that protect_ledger gives its grants

SYSTEM_OF_RECORD_URL = env(
    "SYSTEM_OF_RECORD_URL", default=""
)  # folder:///, s3+https:// or https://; none: by hand
SYSTEM_OF_RECORD_KEY = env("SYSTEM_OF_RECORD_KEY", default="")
SYSTEM_OF_RECORD_SECRET = env("SYSTEM_OF_RECORD_SECRET", default="")
SYSTEM_OF_RECORD_NAME_IS_REFERENCE = env.bool("SYSTEM_OF_RECORD_NAME_IS_REFERENCE", default=False)

MINUTES_FILE_NAME = env(
    "MINUTES_FILE_NAME", default="Strategy discussion {reference}-{discussion} minutes v{version}"
)

# --- Background work: Celery only says "look now"; what must be done is a row in PostgreSQL -----------------
CELERY_BROKER_URL = env("REDIS_URL", default="redis://localhost:6379/0")
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "max_retries": 0,
    "socket_connect_timeout": 1,
    "visibility_timeout": 600,
}
if CELERY_BROKER_URL.startswith("filesystem://"):
    _folder = str(VAR_DIR / "broker")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _folder,
        "data_folder_out": _folder,
        "control_folder": str(VAR_DIR / "broker-control"),
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker or beat outlives a broker that is away all day
CELERY_TASK_PUBLISH_RETRY = False  # a form must not wait for a dead broker: the sweep finds the row
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_TASK_DEFAULT_QUEUE = "sweeps"
CELERY_TASK_ROUTES = {
    "outbox.tasks.*": {"queue": "letters"},
    "minutes.tasks.deliver_waiting": {"queue": "sweeps"},
    "minutes.tasks.remind_of_actions": {"queue": "sweeps"},
    "minutes.tasks.*": {"queue": "pdfs"},
    "attendees.tasks.print_forwards": {"queue": "pdfs"},
}
# A sweep that waited longer than its own interval is of no use: the next one does its work.
CELERY_BEAT_SCHEDULE = {
    "deliver letters": {"task": "outbox.tasks.deliver", "schedule": 5.0, "options": {"expires": 5}},
    "sweep deadlines": {"task": "deadlines.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "tell of deadlines": {
        "task": "escalations.tasks.send_digests",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "keep escalations owned": {
        "task": "escalations.tasks.keep_owners",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "warn of reviews": {
        "task": "protocols.tasks.warn_owners",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "remind of information": {
        "task": "attendees.tasks.remind_of_information",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "remind of actions": {
        "task": "minutes.tasks.remind_of_actions",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget forms": {"task": "govuk.tasks.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    "scan files": {"task": "attendees.tasks.scan_waiting", "schedule": 60.0, "options": {"expires": 60}},
    "scan evidence": {"task": "minutes.tasks.scan_evidence", "schedule": 60.0, "options": {"expires": 60}},
    "print requests": {
        "task": "attendees.tasks.print_forwards",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "remind to confirm": {
        "task": "strategy.tasks.remind_to_confirm",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "print minutes": {"task": "minutes.tasks.print_waiting", "schedule": 15.0, "options": {"expires": 15}},
    "deliver minutes": {
        "task": "minutes.tasks.deliver_waiting",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
}

LOGGING = logging_config(plain=env.bool("PLAIN_LOGS", default=DEBUG), level=env("LOG_LEVEL", default="INFO"))
