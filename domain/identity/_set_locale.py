"""Choose the language that somebody is told things in."""

from domain.base import Refusal, run, transaction

_SPOKEN = {"en": "en", "zh": "zh-CN"}
_SET = "update person set locale = $2 where id = $1"


class LocaleUnknown(Refusal):
    """The language is not spoken here."""

    code = "LOCALE_UNKNOWN"


async def set_locale(person_id: int, tag: str) -> str:
    """Tell the person things in the language of a tag; return the locale that it is kept as.

    A tag is of BCP 47, or with underscores, as phones have them: en, en-GB, zh_Hans_CN.
    Access tokens go on telling the language of the moment they were made. Refuses LocaleUnknown.
    """
    locale = _SPOKEN.get(tag.replace("_", "-").partition("-")[0].lower())
    if locale is None:
        raise LocaleUnknown
    async with transaction():
        await run(_SET, person_id, locale)
    return locale
