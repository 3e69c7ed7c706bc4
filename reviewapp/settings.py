"""Settings come from the environment only (docs/settings.md); with none set this is the try-out on one machine."""
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from reviewapp.env import BASE_DIR, DATA_DIR, TRY_OUT, database, env, secret_key

DEBUG = env.bool("REVIEWAPP_DEBUG", default=False)
SECRET_KEY = secret_key()
PORT = env.int("PORT", default=8000)
BASE_URL = env.str("REVIEWAPP_BASE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("REVIEWAPP_ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname, "127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "reviewapp.web.errors.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "template_partials",
    "widget_tweaks",
    "csp",
    "allauth",
    "allauth.account",
    "reviewapp.web",
    "reviewapp.accounts",
    "reviewapp.audit",
    "reviewapp.jobs",
    "reviewapp.reviews",
    "screening",
    "charting",
    "reviewapp.demo",
    "reviewapp.supervisor",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reviewapp.web.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "reviewapp.web.middleware.PrivatePagesMiddleware",
    "reviewapp.web.middleware.SentencesMiddleware",
]

ROOT_URLCONF = "reviewapp.urls"
WSGI_APPLICATION = "reviewapp.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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
                "reviewapp.web.context.site",
                "screening.overview.context.review",
            ],
            "builtins": ["reviewapp.web.templatetags.look"],
        },
    }
]

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
# The default cache holds only counters of failed sign-ins: in the database when there is no Redis, so that every process sees the same.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "reviewapp"}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(DATA_DIR / "cache")},
    # Stage rails (screening/overview/rail.py): keyed by person and by the end of the review's history, so each process may keep its own.
    "rails": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "rails", "OPTIONS": {"MAX_ENTRIES": 2000}},
}

# --- background work ---------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"  # without a host kombu wonders aloud
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600}
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "queue-control"),
        "polling_interval": 0.2,
    }
)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- people ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "reviewapp.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "reviewapp.accounts.forms.LoginForm",
    "signup": "reviewapp.accounts.forms.SignupForm",
    "reset_password": "reviewapp.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "reviewapp.accounts.forms.ResetPasswordKeyForm",
    "change_password": "reviewapp.accounts.forms.ChangePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
#: Who may open an account without an invitation. A try-out lets everybody in; a team server only the invited.
OPEN_SIGNUP = env.bool("REVIEWAPP_OPEN_SIGNUP", default=TRY_OUT)
DEMO_PASSWORD = env.str("REVIEWAPP_DEMO_PASSWORD", default="demo-review" if TRY_OUT else "")

# A compose file hands on an empty text where nothing is set.
EMAIL_CONFIG = env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://")
vars().update(EMAIL_CONFIG)
MAIL_WORKS = bool(env.str("EMAIL_URL", default=""))
DEFAULT_FROM_EMAIL = env.str("REVIEWAPP_MAIL_FROM", default="reviewapp@localhost")

# --- words and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("REVIEWAPP_TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# --- files -------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = False

# --- limits on what people send (RELIABILITY 3.7) -----------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
_HANDLERS = "django.core.files.uploadhandler"
FILE_UPLOAD_HANDLERS = [
    "screening.importing.quota.QuotaHandler",
    f"{_HANDLERS}.MemoryFileUploadHandler",
    f"{_HANDLERS}.TemporaryFileUploadHandler",
]
UPLOAD_MAX_BYTES = env.int("REVIEWAPP_UPLOAD_MAX_BYTES", default=512 * 1024 * 1024)
UPLOAD_MAX_ENTRIES = env.int("REVIEWAPP_UPLOAD_MAX_ENTRIES", default=500_000)
PDF_MAX_BYTES = env.int("REVIEWAPP_PDF_MAX_BYTES", default=100 * 1024 * 1024)

# --- safety ------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
# A full text stands in a frame of our own page beside the decision; other sites may frame nothing.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = HTTPS and env.bool("REVIEWAPP_SSL_REDIRECT", default=True)
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.bool("REVIEWAPP_BEHIND_PROXY", default=False))  # whose address the sign-in limits count
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("REVIEWAPP_BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "reviewapp.web.logs.RequestIds"}, "refused": {"()": "reviewapp.web.logs.RefusedInOneLine"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {request_id} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "loggers": {"django.request": {"filters": ["refused"]}},
    "root": {"handlers": ["console"], "level": env.str("REVIEWAPP_LOG_LEVEL", default="INFO")},
}
