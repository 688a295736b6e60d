"""Web Push (RFC 8030): encrypted for the device (RFC 8291), signed by the deployment (RFC 8292)."""

import asyncio
import ipaddress
import json
import socket
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AnyHttpUrl
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys

from auth import sealed, unsealed
from domain.notification import EndpointRefused, Kind, PushKey, PushTarget, Sms, endpoint_host

from ._port import GatewayOutage, TargetGone

TIMEOUT_S = 5.0
TEXT_MAX = 1000  # a push service takes 4 KiB, encrypted
_DAY_S = 86_400
_HOUR_S = 3_600
_URGENT = frozenset({Kind.FINAL_NOTICE, Kind.TRIPPED, Kind.PERMIT_READY})
_GONE = frozenset({404, 410})
_TAKEN = range(200, 300)


def new_push_key() -> tuple[str, str]:
    """Return a fresh (public key, private PEM): the first is what browsers subscribe with, the
    other is sealed to be kept.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return urlsafe_b64encode(point).rstrip(b"=").decode(), sealed(pem.decode())


class WebPushService:
    """Asks the push service of each device; only hosts and addresses that are allowed."""

    def __init__(
        self,
        key: PushKey,
        *,
        contact: str,
        hosts: Collection[str],
        private: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = hosts
        self._private = private
        self._seal = _seal(key, contact)
        # Neither proxies of the environment nor redirects lead elsewhere.
        self._http = httpx.AsyncClient(
            verify=tls or ssl.create_default_context(), trust_env=False, timeout=TIMEOUT_S
        )

    async def push(self, target: PushTarget, sms: Sms) -> None:
        """Hand the message over once, within five seconds."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                status = await self._asked(target, sms)
        except (httpx.HTTPError, OSError, TimeoutError) as outage:
            raise GatewayOutage(type(outage).__name__) from None
        if status in _GONE:
            raise TargetGone
        if status not in _TAKEN:
            raise GatewayOutage(f"status {status}")

    async def _asked(self, target: PushTarget, sms: Sms) -> int:
        try:
            host = endpoint_host(target.endpoint, hosts=self._hosts)
            content, headers = self._sealed(target, sms)
        except (EndpointRefused, ValueError):
            raise TargetGone from None  # what may not be asked, or has no key, is of no use
        url = httpx.URL(target.endpoint)
        address = await _address(host, url.port or 443, private=self._private)
        # The address that was looked at is the one that is asked: no second look-up in between.
        request = self._http.build_request(
            "POST",
            url.copy_with(host=address),
            content=content,
            headers=headers | {"host": url.netloc.decode()},
            extensions={"sni_hostname": host},
        )
        answer = await self._http.send(request, stream=True)
        await answer.aclose()  # unread: whatever is said there, the status is all that counts
        return answer.status_code

    def _sealed(self, target: PushTarget, sms: Sms) -> tuple[bytes, dict[str, str]]:
        subscription = WebPushSubscription(
            endpoint=AnyHttpUrl(target.endpoint),
            keys=WebPushKeys(p256dh=target.p256dh, auth=target.auth),
        )
        text = sms.said(target.locale)[:TEXT_MAX]
        told = {"kind": sms.kind, "text": text, "tag": f"message-{sms.id}"}
        sealed = self._seal.get(json.dumps(told, ensure_ascii=False), subscription)
        headers = {
            **sealed.headers,
            "ttl": str(_HOUR_S if sms.kind in _URGENT else _DAY_S),
            "urgency": "high" if sms.kind in _URGENT else "normal",
            "topic": f"message-{sms.id}",  # sent twice, it is shown once
            "content-type": "application/octet-stream",
        }
        return sealed.encrypted, headers


class _Vapid:
    """Who asks. The library leaves the service's port out, which is part of its origin."""

    def __init__(self, key: PushKey, contact: str) -> None:
        self.key = key
        self.contact = contact

    def get_authorization_header(
        self,
        endpoint: AnyHttpUrl,
        subscriber: str,  # ruff: ignore[unused-method-argument]
        expiration: int,
    ) -> str:
        parts = urlsplit(str(endpoint))
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + expiration,
            "sub": f"mailto:{self.contact}",
        }
        token = jwt.encode(claims, self.key.private_pem, algorithm="ES256")
        return f"vapid t={token}, k={self.key.public_key}"


def _seal(key: PushKey, contact: str) -> WebPush:
    key = replace(key, private_pem=unsealed(key.private_pem))
    private = serialization.load_pem_private_key(key.private_pem.encode(), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    seal = WebPush(key.private_pem.encode(), public, subscriber=contact)
    seal.vapid = _Vapid(key, contact)
    return seal


async def _address(host: str, port: int, *, private: bool) -> str:
    """Return an address of the host; one of ours, or none, is an outage."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not private and not all(map(_is_public, addresses)):
        raise GatewayOutage("a private address")
    return addresses[0]


def _is_public(address: str) -> bool:
    given = ipaddress.ip_address(address)
    return (getattr(given, "ipv4_mapped", None) or given).is_global
