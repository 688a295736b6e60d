"""Proof memory: a device's proof is good for one request (RFC 9449, section 11.1)."""

from collections import OrderedDict
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from ._device_proof import PROOF_LIFE, DeviceProof, ProofRejected

_MOST = 50_000
_DIGEST_BYTES = 16
# A proof may be dated that much too early, and is fresh that long afterwards.
_KEPT = 2 * PROOF_LIFE


class _Use(NamedTuple):
    request_id: str
    until: datetime


class ProofMemory:
    """Which proofs a process has seen of late, 50,000 at most: who floods it shortens it."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._used: OrderedDict[bytes, _Use] = OrderedDict()

    def use(self, proof: DeviceProof, *, request_id: str, wall: datetime) -> None:
        """Note that the request shows the proof; raise ProofRejected where another one has."""
        self._forget(wall)
        text = f"{proof.thumbprint}.{proof.jti}".encode("utf-8", "surrogatepass")
        key = blake2b(text, digest_size=_DIGEST_BYTES).digest()
        # One request may be looked at twice.
        known = self._used.setdefault(key, _Use(request_id, wall + _KEPT))
        if known.request_id != request_id:
            raise ProofRejected("replayed")

    def _forget(self, wall: datetime) -> None:
        while self._used:
            oldest = next(iter(self._used.values()))
            if oldest.until > wall and len(self._used) < self._most:
                return
            self._used.popitem(last=False)
