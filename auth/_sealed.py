"""Sealed: what the database keeps secret is encrypted there, under a key of the deployment's own.

Fernet (AES-128-CBC, HMAC-SHA256); the keys are those of FEIKONG_SECRETS_KEY. Without one, which
production refuses, a secret is kept as it is.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runtime.settings import WrongSettings, settings

_MARK = "sealed:"


def sealed(secret: str) -> str:
    """Return the secret as the database keeps it: under the first of the keys, if there is one."""
    keys = settings().secrets_key
    if keys is None:
        return secret
    return _MARK + _box(keys).encrypt(secret.encode()).decode()


def is_sealed(kept: str) -> bool:
    """Tell whether what the database keeps so is encrypted."""
    return kept.startswith(_MARK)


def unsealed(kept: str) -> str:
    """Return the secret that is kept so; raises WrongSettings where none of the keys opens it."""
    if not is_sealed(kept):
        return kept
    keys = settings().secrets_key
    try:
        if keys is not None:
            return _box(keys).decrypt(kept.removeprefix(_MARK)).decode()
    except (InvalidToken, ValueError):
        pass
    raise WrongSettings("FEIKONG_SECRETS_KEY: none of the keys opens what the database keeps")


@lru_cache(1)
def _box(keys: str) -> MultiFernet:
    # `openssl rand -base64 32` writes the other alphabet.
    return MultiFernet([Fernet(each.translate(str.maketrans("+/", "-_"))) for each in keys.split()])
