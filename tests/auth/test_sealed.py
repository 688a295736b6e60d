"""What is kept secret: under the deployment's key, readable with it alone."""

from base64 import b64encode

import pytest

from auth import KeySet, new_key, sealed, unsealed
from domain.identity import SigningKey
from runtime import settings as runtime_settings
from runtime.settings import WrongSettings, load
from tests.auth.test_device_proof import WALL

FIRST, SECOND = (b64encode(bytes([n]) * 32).decode() for n in (0xFB, 2))
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def under():
    """Say under which keys the deployment keeps what is secret."""
    before = runtime_settings.settings()

    def chosen(keys):
        runtime_settings.use(before.model_copy(update={"secrets_key": keys}))

    yield chosen
    runtime_settings.use(before)


def test_a_secret_is_kept_under_the_first_key_and_opened_by_any(under):
    under(FIRST)
    kept = sealed(SECRET)
    assert SECRET not in kept
    assert sealed(SECRET) != kept
    assert unsealed(kept) == SECRET
    under(f"{SECOND} {FIRST}")
    assert unsealed(kept) == SECRET
    again = sealed(SECRET)
    under(SECOND)
    assert unsealed(again) == SECRET


@pytest.mark.parametrize("keys", [None, SECOND])
def test_without_its_key_it_is_opened_by_nobody(under, keys):
    under(FIRST)
    kept = sealed(SECRET)
    under(keys)
    for each in (kept, f"{kept[:-4]}AAAA", "sealed:", "sealed:é"):
        with pytest.raises(WrongSettings, match="FEIKONG_SECRETS_KEY"):
            unsealed(each)


def test_without_a_key_a_secret_is_kept_as_it_is_and_still_read_with_one(under):
    under(None)
    assert sealed(SECRET) == SECRET
    under(FIRST)
    assert unsealed(SECRET) == SECRET


def test_the_keys_that_sign_are_kept_sealed(under):
    under(FIRST)
    kid, kept = new_key()
    assert "PRIVATE KEY" not in kept
    key = SigningKey(kid, kept, WALL)
    assert KeySet.of([key], issuer="i", audience="a").signing(WALL)[0] == kid


@pytest.mark.parametrize("keys", ["x", b64encode(bytes(31)).decode(), f"{FIRST} short", "é"])
def test_a_key_that_is_none_ends_the_start(keys):
    with pytest.raises(WrongSettings, match="32 bytes"):
        load({"secrets_key": keys})


def test_the_key_is_not_shown_with_the_settings(under):
    under(FIRST)
    assert FIRST not in repr(runtime_settings.settings())
