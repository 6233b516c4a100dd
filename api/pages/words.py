"""The two languages of the pages: German is the text in the code, English comes from `api/locale`.

One file an area (`shell.po`, `deputies.po` ...), read as those of the mails are.
"""

from __future__ import annotations

import gettext
from typing import Final

from api.services import HERE
from notifications.words import words

LANGUAGES: Final = {"de": "Deutsch", "en": "English"}
DEFAULT: Final = "de"
LOCALE: Final = HERE / "locale"


def translations(language: str) -> gettext.NullTranslations:
    """Every area of a language in one; what is not translated stays German."""
    return words(language, LOCALE)


def chosen_language(cookie: str | None, accepted: str) -> str:
    """The language that was chosen, else the first one of the browser that there is, else German."""
    if cookie in LANGUAGES:
        return cookie
    for part in accepted.split(","):
        if (language := part.partition(";")[0].strip()[:2].lower()) in LANGUAGES:
            return language
    return DEFAULT
