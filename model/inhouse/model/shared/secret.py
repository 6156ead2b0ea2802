"""The token that a shared engine asks for: from the environment or the system's keyring, never from a settings file.

It is never logged, and never sent without TLS to another machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from urllib.parse import urlsplit

from inhouse.model.fill import ModelError

VARIABLE = "INHOUSE_SERVER_TOKEN"
SERVICE = "inhouse"
"""Under this name and the server's host (and port) the keyring keeps the token: `keyring set inhouse HOST:PORT`."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_url(url: str) -> None:
    """Raises ModelError where this is no plain address. What it may hold of secrets is not said again."""
    form = "server_url: must be http://HOST:PORT or https://HOST; correct it"
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ModelError(form) from None
    if not plain or parts.query or parts.fragment:
        raise ModelError(form)
    if parts.username is not None or parts.password is not None:
        raise ModelError(
            "server_url: holds a user name or password, which would be logged; leave them out, and set "
            f"{VARIABLE}, or `keyring set {SERVICE} HOST:PORT`"
        )


def stays_on_this_machine(url: str) -> bool:
    """Whether plain http to this address reaches no other machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def token_for(
    url: str, environ: Mapping[str, str] = os.environ, keyring: Callable[[str, str], str | None] | None = None
) -> str | None:
    """The token for a server, if there is one. Raises ModelError where it would go over the network in the clear."""
    parts = urlsplit(url)
    found = environ.get(VARIABLE) or (keyring or _from_keyring)(SERVICE, parts.netloc.rpartition("@")[2])
    if found and parts.scheme != "https" and not stays_on_this_machine(url):
        raise ModelError(f"{url}: a token is set, but would be sent in the clear; use https in server_url")
    return found or None


def _from_keyring(service: str, name: str) -> str | None:
    """What the system's keyring holds; None without the package `keyring` or without a keyring."""
    try:
        library = import_module("keyring")
        errors = import_module("keyring.errors")
    except ImportError:
        return None
    try:
        found = library.get_password(service, name)
    except (errors.KeyringError, OSError, RuntimeError):
        return None
    return found if isinstance(found, str) else None
