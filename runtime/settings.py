"""Settings: the one place that reads the environment; each is documented where it stands.

Names are `FEIKONG_` + the field's name in capitals; only `DATABASE_URL` and `REDIS_URL` carry no
prefix. Wrong settings end the process at start with one clear line (`WrongSettings`).
"""

import os
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["PREFIX", "Profile", "Settings", "WrongSettings", "load", "settings", "use"]

PREFIX = "FEIKONG_"
"""What the names of the environment variables begin with."""

Profile = Literal["production", "development", "demo", "test"]
"""How strict the house is: `production` refuses what endangers money or supply."""

_KEY_BYTES = 32
_UNPREFIXED = ("database_url", "redis_url")


class WrongSettings(Exception):
    """The settings cannot be used; the message is one line that says which and why."""


class Settings(BaseSettings):
    """Every setting of a deployment, validated."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", populate_by_name=True
    )

    profile: Profile = Field("development", description="How strict the house is.")
    data_dir: Path = Field(Path("var"), description="Folder of embedded servers, keys and state.")
    database_url: str | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 15 or newer; unset: an embedded one is started.",
    )
    redis_url: str | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Valkey or Redis; unset: an embedded one is started.",
    )
    pool_min: int = Field(1, ge=0, le=100, description="Idle database connections per process.")
    pool_max: int = Field(10, ge=1, le=500, description="Most database connections per process.")
    pool_wait: timedelta = Field(
        timedelta(seconds=5),
        description="Longest wait of an API request for a connection; then 503 with Retry-After.",
    )
    clock_file: Path | None = Field(
        None, description="Driven business clock shared by all processes (demo, test)."
    )

    api_host: str = Field("127.0.0.1", description="Address the API listens on.")
    api_port: int = Field(8000, ge=0, le=65535, description="Port of the API; 0: any free one.")
    coap_host: str = Field("127.0.0.1", description="Address the head end listens on (UDP).")
    coap_port: int = Field(5683, ge=0, le=65535, description="UDP port of the head end; 0: any.")
    plain_coap: bool = Field(
        default=False, description="Accept CoAP without OSCORE; refused in production."
    )
    health_host: str = Field("127.0.0.1", description="Address of the worker's health port.")
    worker_health_port: int = Field(8001, ge=0, le=65535, description="Worker's health; 0: any.")
    headend_health_port: int = Field(8002, ge=0, le=65535, description="Head end's health; 0: any.")

    currency: str = Field("CNY", pattern="^[A-Z]{3}$", description="Currency of every amount.")
    minor_digits: int = Field(2, ge=0, le=4, description="Decimal digits of the currency.")
    locale: Literal["zh-CN", "en"] = Field("zh-CN", description="Language where none is known.")

    issuer: str = Field("feikong", min_length=1, description="`iss` of access tokens.")
    audience: str = Field("feikong-api", min_length=1, description="`aud` of access tokens.")
    access_ttl: timedelta = Field(
        timedelta(minutes=15),
        description="Longest life of an access token (ISO 8601 or seconds); a role may have less.",
    )
    refresh_ttl: timedelta = Field(
        timedelta(days=30), description="Life of a refresh token (ISO 8601 or seconds)."
    )
    secrets_key: str | None = Field(
        None,
        repr=False,
        description="Key under which second factors, private keys and channels' secrets are kept"
        " (32 bytes in base64; several: the first seals); unset: as they are, which production"
        " refuses.",
    )
    budget: int = Field(
        60_000, ge=5_000, description="Points of cost a minute for each person or address."
    )
    sign_in_budget: int = Field(600, ge=1, description="Sign-ins a minute for each address.")
    streams_per_person: int = Field(20, ge=1, description="Subscriptions open for each person.")
    connections_per_address: int = Field(
        200, ge=1, description="Websockets and streams open for each address."
    )
    connections: int = Field(5_000, ge=1, description="Websockets and streams open per process.")
    trusted_documents: Path | None = Field(
        None, description="Manifest of an app's own documents; production runs no others."
    )

    sms_gateway: Literal["console", "record"] = Field(
        "console",
        description="Door for messages: `console` logs their kinds, `record` keeps them in"
        " `sms.jsonl`; neither sends an SMS.",
    )
    push_contact: str | None = Field(
        None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Address that push services may write to; unset: nothing is pushed.",
    )
    push_hosts: str = Field(
        "fcm.googleapis.com *.push.services.mozilla.com web.push.apple.com *.notify.windows.com",
        description="Push services that may be asked (host, host:port or *.host).",
    )
    push_private: bool = Field(
        default=False, description="Those hosts may stand at private addresses (own push service)."
    )
    push_and_sms: str = Field(
        "TRIPPED PERMIT_READY RESTORED",
        description="Kinds of messages that go by SMS even where an app has taken them.",
    )

    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`auto`: coloured lines on a terminal, JSON elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged."
    )

    @field_validator("data_dir", "clock_file", "trusted_documents")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @field_validator("access_ttl", "refresh_ttl", "pool_wait", mode="before")
    @classmethod
    def _seconds(cls, given: object) -> object:
        return int(given) if isinstance(given, str) and given.isdigit() else given

    @field_validator("access_ttl", "refresh_ttl")
    @classmethod
    def _lasting(cls, ttl: timedelta) -> timedelta:
        if ttl < timedelta(seconds=1):
            raise ValueError("must be at least one second")
        return ttl

    @field_validator("secrets_key")
    @classmethod
    def _sealing(cls, keys: str | None) -> str | None:
        for each in (keys or "").split():
            if len(_bytes(each)) != _KEY_BYTES:
                raise ValueError("must be 32 bytes in base64: openssl rand -base64 32")
        return keys if keys and keys.split() else None

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, url: str | None) -> str | None:
        return _checked(url, ("postgres", "postgresql"), needs_path=True)

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str | None) -> str | None:
        url = _checked(url, ("redis", "rediss", "unix"), needs_path=False)
        parts = urlsplit(url or "")
        if parts.scheme == "unix" or not parts.path:
            return url
        if parts.path == "/":
            return parts._replace(path="").geturl()
        if not parts.path[1:].isdecimal():
            raise ValueError("must end with the number of a database, as in /0")
        return url

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.pool_max < self.pool_min:
            raise ValueError("FEIKONG_POOL_MAX must not be below FEIKONG_POOL_MIN")
        if self.profile == "production":
            if self.plain_coap:
                raise ValueError(
                    "FEIKONG_PLAIN_COAP is refused in production: a replayed packet could trip"
                )
            if self.secrets_key is None:
                raise ValueError(
                    "FEIKONG_SECRETS_KEY is missing: production keeps no secret as it is"
                    " (openssl rand -base64 32)"
                )
            if self.clock_file:
                raise ValueError(
                    "FEIKONG_CLOCK_FILE is refused in production: money runs on the real clock"
                )
        return self

    def environment(self) -> dict[str, str]:
        """Return the variables that give a child process these settings."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
        for name, given in self.model_dump(mode="json", exclude_none=True).items():
            kept[_variable(name)] = str(given)
        return kept


def _bytes(key: str) -> bytes:
    try:
        return urlsafe_b64decode(key.translate(str.maketrans("+/", "-_")))
    except ValueError:
        return b""


def _variable(name: str) -> str:
    return name.upper() if name in _UNPREFIXED else PREFIX + name.upper()


def _checked(url: str | None, schemes: tuple[str, ...], *, needs_path: bool) -> str | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in schemes:
        raise ValueError(f"must begin with {schemes[0]}://")
    try:
        _ = parts.port
    except ValueError as wrong:
        raise ValueError("must name a port from 0 to 65535 after the host") from wrong
    if needs_path and not parts.path.strip("/"):
        raise ValueError("must name a database after the last slash")
    return url


def load(values: Mapping[str, Any] | None = None) -> Settings:
    """Read and validate the environment; `values` win. Raises WrongSettings with one line."""
    unknown = _unknown()
    if unknown:
        raise WrongSettings(f"{unknown[0]}: there is no such setting (see docs/operations.md)")
    try:
        return Settings(**dict(values or {}))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        text = first["msg"].removeprefix("Value error, ")
        raise WrongSettings(f"{_variable(name.lower())}: {text}" if name else text) from None


def _unknown() -> list[str]:
    names = {_variable(name) for name in Settings.model_fields}
    return sorted(k for k in os.environ if k.startswith(PREFIX) and k not in names)


_chosen: list[Settings] = []


def settings() -> Settings:
    """Return this process's settings, read once."""
    if not _chosen:
        _chosen.append(load())
    return _chosen[0]


def use(given: Settings) -> None:
    """Make `given` this process's settings: for the process's entry, and for tests."""
    _chosen[:] = [given]
