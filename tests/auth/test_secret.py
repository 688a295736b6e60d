"""One-time codes and refresh tokens."""

from auth import code_hash, code_matches, new_code, new_refresh_token, token_hash


def test_a_code_matches_its_own_phone_only():
    code = new_code()
    stored = code_hash(code, "13800000001")
    assert code not in stored
    assert code_matches(code, "13800000001", stored)
    assert not code_matches(code, "13800000002", stored)
    assert not code_matches("x", "13800000001", stored)


def test_equal_codes_are_stored_differently():
    assert code_hash("123456", "1") != code_hash("123456", "1")


def test_refresh_tokens_are_long_and_their_hash_tells_nothing():
    token = new_refresh_token()
    assert len(token) >= 43
    assert token not in token_hash(token)
