from datetime import datetime

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class Person(Model):
    """Somebody who signs in: a customer, an inspector or an operator."""

    id: Field[int] = columns.key()
    phone: Field[str] = columns.text(20, unique=True)
    name: Field[str] = columns.text(80, default="")
    role: Field[str] = columns.text(12)
    locale: Field[str] = columns.text(10, default="zh-CN")
    district_id: Field[int | None] = columns.optional_ref()
    active: Field[bool] = columns.flag(default=True)

    class Meta:
        table = "person"


class AccountAccess(Model):
    """A customer may watch an account."""

    id: Field[int] = columns.key()
    person_id: Field[int] = columns.ref()
    account_id: Field[int] = columns.ref()

    class Meta:
        table = "account_access"
        unique_together = (("person_id", "account_id"),)


class SignInCode(Model):
    """A one-time code that went to a phone; only its hash is kept."""

    id: Field[int] = columns.key()
    phone: Field[str] = columns.text(20)
    address: Field[str] = columns.text(64)
    code_hash: Field[str] = columns.text(128)
    created_at: Field[datetime] = columns.moment()
    expires_at: Field[datetime] = columns.moment()
    attempts: Field[int] = columns.whole(0)
    used_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "sign_in_code"


class Session(Model):
    """A signed-in device: the family of its refresh tokens."""

    id: Field[int] = columns.key()
    person_id: Field[int] = columns.ref()
    device: Field[str] = columns.text(120, default="")
    created_at: Field[datetime] = columns.moment()
    revoked_at: Field[datetime | None] = columns.optional_moment()
    revoked_why: Field[str | None] = columns.optional_text(40)

    class Meta:
        table = "session"


class RefreshToken(Model):
    """A single-use token; only its hash is kept."""

    id: Field[int] = columns.key()
    session_id: Field[int] = columns.ref()
    token_hash: Field[str] = columns.text(128, unique=True)
    created_at: Field[datetime] = columns.moment()
    expires_at: Field[datetime] = columns.moment()
    used_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "refresh_token"


class SigningKey(Model):
    """A key pair that signs access tokens; retired keys verify until their tokens are over."""

    id: Field[int] = columns.key()
    kid: Field[str] = columns.text(40, unique=True)
    private_pem: Field[str] = columns.text(2000)
    created_at: Field[datetime] = columns.moment()
    retired_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "signing_key"
