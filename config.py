"""Settings. The only module that reads the environment."""

from __future__ import annotations

import json
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parent
INSTANCE = Path(os.environ.get("EVENTHUB_INSTANCE", ROOT / "instance"))


class MissingSettingError(RuntimeError):
    """A setting without which the house must not start."""


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def _development_secrets() -> dict[str, str]:
    """The secrets of this working copy: made once, readable by their owner alone."""
    path = INSTANCE / "secrets.json"
    if not path.exists():
        INSTANCE.mkdir(parents=True, exist_ok=True)
        made = {"SECRET_KEY": secrets.token_urlsafe(48), "DATA_KEY": secrets.token_urlsafe(32)}
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made))
        try:
            os.link(draft, path)  # the first of several processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    loaded: dict[str, str] = json.loads(path.read_text())
    return loaded


class Config:
    """What every environment shares."""

    SQLALCHEMY_ENGINE_OPTIONS: ClassVar[dict[str, Any]] = {
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        "connect_args": {
            "connect_timeout": 10,
            "options": "-c timezone=UTC -c statement_timeout=30000 -c lock_timeout=10000"
            " -c idle_in_transaction_session_timeout=60000",
        },
    }
    SESSION_COOKIE_NAME = "eventhub"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_SECURE = False
    PERMANENT_SESSION_LIFETIME = timedelta(days=14)
    WTF_CSRF_TIME_LIMIT = None  # a captain may write for hours; the session bounds the token
    MAX_CONTENT_LENGTH = 64 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    BABEL_DEFAULT_LOCALE = "zh_Hans_CN"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "eventhub" / "translations")
    TIMEZONE = os.environ.get("EVENTHUB_TIMEZONE", "Asia/Shanghai")
    FILES_DIR = os.environ.get("EVENTHUB_FILES_DIR", str(INSTANCE / "files"))
    FILES_STORAGE = os.environ.get("FILES_STORAGE", "local")  # or "s3"
    S3_ENDPOINT = os.environ.get("S3_ENDPOINT", "")  # empty: Amazon's own
    S3_BUCKET = os.environ.get("S3_BUCKET", "")
    S3_REGION = os.environ.get("S3_REGION", "")
    S3_ACCESS_KEY = os.environ.get("S3_ACCESS_KEY", "")
    S3_SECRET_KEY = os.environ.get("S3_SECRET_KEY", "")
    S3_PATH_STYLE = _flag("S3_PATH_STYLE", True)  # most makers other than Amazon need it
    FILES_GRACE_DAYS = int(os.environ.get("FILES_GRACE_DAYS", "7"))
    PREVIEW_CACHE_MB = int(os.environ.get("PREVIEW_CACHE_MB", "1024"))
    PUBLIC_URL = os.environ.get("PUBLIC_URL", "")
    MAIL_SERVER = os.environ.get("MAIL_SERVER", "")
    MAIL_PORT = int(os.environ.get("MAIL_PORT", "25"))
    MAIL_USERNAME = os.environ.get("MAIL_USERNAME", "")
    MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD", "")
    MAIL_TLS = os.environ.get("MAIL_TLS", "")  # "", "starttls" or "implicit"
    MAIL_SENDER = os.environ.get("MAIL_SENDER", "EventHub <noreply@localhost>")
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
    RATELIMIT_ENABLED = True
    LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO")
    DEMO_SIGN_INS = False  # whether the sign-in page offers the demonstration's people

    @classmethod
    def check(cls) -> None:
        """Refuse to start when something indispensable is missing.

        Raises:
            MissingSettingError: names the setting.

        """
        if cls.FILES_STORAGE not in {"local", "s3"}:
            raise MissingSettingError("FILES_STORAGE is local or s3")
        if cls.FILES_GRACE_DAYS < 1:
            raise MissingSettingError("FILES_GRACE_DAYS is at least 1")
        if cls.FILES_STORAGE == "s3":
            for name in ("S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
                if not getattr(cls, name):
                    raise MissingSettingError(f"{name} is not set; see docs/operations.md")


class DevelopmentConfig(Config):
    """A working copy: its own embedded database and its own secrets under instance/."""

    DEMO_SIGN_INS = True

    @classmethod
    def load(cls) -> dict[str, Any]:
        """Settings that exist only once they are asked for: secrets and the database."""
        cls.check()
        made = _development_secrets()
        url = os.environ.get("DATABASE_URL")
        if not url:
            # starts a server, so only on demand
            from eventhub.launch.postgres import development_url  # noqa: PLC0415

            url = development_url()
        return {
            "SECRET_KEY": os.environ.get("SECRET_KEY", made["SECRET_KEY"]),
            "DATA_KEY": os.environ.get("DATA_KEY", made["DATA_KEY"]),
            "SQLALCHEMY_DATABASE_URI": normal_url(url),
            "PUBLIC_URL": os.environ.get("PUBLIC_URL", ""),
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", cls.LOG_LEVEL),
        }


class TestingConfig(Config):
    """Tests hand over their database and change what they need."""

    TESTING = True
    SECRET_KEY = "tests only"  # noqa: S105  # and nowhere else
    DATA_KEY = "tests only, nothing to hide"
    RATELIMIT_ENABLED = False
    PUBLIC_URL = "https://eventhub.test"

    @classmethod
    def load(cls) -> dict[str, Any]:
        """Nothing: the fixture passes the rest."""
        return {}


class ProductionConfig(Config):
    """A real house: every secret comes from outside."""

    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-eventhub"
    DEMO_SIGN_INS = _flag("DEMO_SIGN_INS", False)

    REQUIRED = ("SECRET_KEY", "DATA_KEY", "DATABASE_URL", "PUBLIC_URL", "MAIL_SERVER")

    @classmethod
    def check(cls) -> None:
        """See Config.check."""
        super().check()
        for name in cls.REQUIRED:
            if not os.environ.get(name):
                raise MissingSettingError(f"{name} is not set; see docs/operations.md")
        for name in ("SECRET_KEY", "DATA_KEY"):
            if len(os.environ[name]) < 32:
                raise MissingSettingError(f"{name} has fewer than 32 characters")

    @classmethod
    def load(cls) -> dict[str, Any]:
        """The secrets, from the environment."""
        cls.check()
        return {
            "SECRET_KEY": os.environ["SECRET_KEY"],
            "DATA_KEY": os.environ["DATA_KEY"],
            "SQLALCHEMY_DATABASE_URI": normal_url(os.environ["DATABASE_URL"]),
        }


def normal_url(url: str) -> str:
    """Name the driver in a database address that names none."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def current() -> type[DevelopmentConfig] | type[ProductionConfig]:
    """The settings class that EVENTHUB_ENV names; development unless told otherwise."""
    name = os.environ.get("EVENTHUB_ENV", "development")
    if name == "production":
        return ProductionConfig
    if name == "development":
        return DevelopmentConfig
    raise MissingSettingError(f"EVENTHUB_ENV is {name!r}; it is development or production")
