"""Where mails go, from one address in the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BACKENDS = "django.core.mail.backends"
SECONDS = 20  # to wait for a mail server


def mail_settings(url: str, *, default_folder: Path) -> dict[str, Any]:
    """Django's mailer for an address.

    `smtp://user:password@host:587?tls=1` (STARTTLS), `smtps://…:465`, `smtp://host` or a bare host
    name, `file:///folder`, `console:`; nothing is files in `default_folder`. Raises
    ImproperlyConfigured for anything else.
    """
    if not url:
        return _files(default_folder)
    parts = urlsplit(url if "://" in url or url == "console:" else f"smtp://{url}")
    if parts.scheme == "console":
        return {"BACKEND": f"{BACKENDS}.console.EmailBackend"}
    if parts.scheme == "file" and parts.path:
        return _files(Path(unquote(parts.path)))
    if parts.scheme in {"smtp", "smtps"} and parts.hostname:
        return {"BACKEND": f"{BACKENDS}.smtp.EmailBackend", "OPTIONS": _smtp(parts)}
    raise ImproperlyConfigured("EMAIL_URL is smtp://, smtps://, file:/// or console:.")


def _files(folder: Path) -> dict[str, Any]:
    return {
        "BACKEND": f"{BACKENDS}.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(folder)},
    }


def _smtp(parts: Any) -> dict[str, Any]:
    is_tls = parse_qs(parts.query).get("tls", ["0"])[0] in {"1", "true", "yes"}
    is_ssl = parts.scheme == "smtps"
    options: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or (465 if is_ssl else 587 if is_tls else 25),
        "timeout": SECONDS,
    }
    if parts.username:
        options["username"] = unquote(parts.username)
        options["password"] = unquote(parts.password or "")
    if is_ssl or is_tls:
        options["use_ssl" if is_ssl else "use_tls"] = True
    return options
