"""`python -m kim.translations`: collects the sentences of pages and mails into their `locale`, one file an area.

A developer's tool: it adds what is new, drops what is gone and keeps what was translated; people fill in the English.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po
from rich.console import Console

from api.acts.entering import DEMO_PEOPLE
from api.app import create_app
from api.pages.words import LOCALE
from api.problems import SENTENCES
from api.services import HERE
from notifications.rendering import MAILS
from notifications.words import LOCALE as MAIL_LOCALE
from process_models.errors import KimError, ModelInvalid
from process_models.phrases import Phrase

Message = str | tuple[str, ...]
SHELL: Final = "shell"
ERRORS: Final = "errors"
MAIL: Final = "mails"
LOADED: Final = create_app
"""With the application every refusal that a page may show is loaded."""
_GERMAN: Final = re.compile(r"[A-ZÄÖÜ„].* .*[.!?]$")
"""A sentence; what only developers read is none."""
_SHOWN: Final = ("api.", "store.", "process_models.")
_CODE: Final = ("api", "store", "process_models")
_LANGUAGES: Final = ("de", "en")
_TEMPLATE_OPTIONS: Final = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}


def main() -> int:
    """Writes the files; 1 if an English sentence is missing."""
    out = Console(highlight=False)
    gaps = 0
    for locale, areas in ((LOCALE, collected()), (MAIL_LOCALE, {MAIL: in_mails()})):
        for language, (area, messages) in product(_LANGUAGES, areas.items()):
            file = locale / language / "LC_MESSAGES" / f"{area}.po"
            catalog = updated(file, language, messages)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(po_of(catalog))
            if language == "en":
                gaps += len(missing(catalog))
                for sentence in missing(catalog):
                    out.print(f"{area}: {sentence}", markup=False, soft_wrap=True)
    return 1 if gaps else 0


def in_mails() -> list[Message]:
    """The German sentences of all mails, in a steady order."""
    found: set[Message] = set()
    for file in sorted(MAILS.rglob("*.*")):
        found.update(_extracted("jinja2.ext:babel_extract", file, DEFAULT_KEYWORDS, _TEMPLATE_OPTIONS))
    for file in sorted(MAILS.parent.glob("*.py")):
        found.update(_extracted("python", file, {"N_": None}, {}))
    return sorted(found, key=str)


def collected() -> dict[str, list[Message]]:
    """Area -> its German sentences, in a steady order."""
    found: dict[str, set[Message]] = defaultdict(set)
    for area, message in (*_in_templates(), *_in_code(), *_in_errors()):
        found[area].add(message)
    first = {message: area for area in sorted(found, key=_rank, reverse=True) for message in found[area]}
    return {
        area: sorted((one for one in found[area] if first[one] == area), key=str) for area in sorted(found, key=_rank)
    }


def updated(file: Path, language: str, messages: Iterable[Message]) -> Catalog:
    """The file with exactly these sentences; what was translated stays."""
    before = read_po(BytesIO(file.read_bytes()), locale=language) if file.exists() else Catalog(locale=language)
    after = Catalog(locale=language, project="kim-lotse", version="1", charset="utf-8", fuzzy=False)
    after.creation_date = before.creation_date
    for message in messages:
        key = message[0] if isinstance(message, tuple) else message
        known = before.get(key)
        same = known is not None and isinstance(known.id, tuple) == isinstance(message, tuple)
        after.add(message, known.string if known and same else None, flags=known.flags if known else ())
    return after


def po_of(catalog: Catalog) -> bytes:
    """The file, without places and dates: they would differ at every change."""
    file = BytesIO()
    write_po(file, catalog, no_location=True, omit_header=False, width=0)
    lines = file.getvalue().decode().splitlines(keepends=True)
    steady = (line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', "# ")))
    return "".join(steady).encode()


def missing(catalog: Catalog) -> list[str]:
    """Sentences without a translation, or with one that nobody has looked at."""
    return [str(message.id) for message in catalog if message.id and (message.fuzzy or not _whole(message.string))]


def _whole(translated: object) -> bool:
    return all(translated) if isinstance(translated, tuple | list) else bool(translated)


def _rank(area: str) -> tuple[bool, str]:
    return area not in (SHELL, ERRORS), area


def _in_templates() -> Iterator[tuple[str, Message]]:
    for file in sorted((HERE / "templates").rglob("*.html")):
        folder = file.relative_to(HERE / "templates").parts[0]
        area = SHELL if folder in ("parts", file.name) else folder
        for message in _extracted("jinja2.ext:babel_extract", file, DEFAULT_KEYWORDS, _TEMPLATE_OPTIONS):
            yield area, message


def _in_code() -> Iterator[tuple[str, Message]]:
    for file in sorted((HERE / "pages").rglob("*.py")):
        name = file.relative_to(HERE / "pages").parts[0].removesuffix(".py")
        area = name if (HERE / "templates" / name).is_dir() else SHELL
        for message in _extracted("python", file, {"say": None, "N_": None}, {}):
            yield area, message


def _in_errors() -> Iterator[tuple[str, Message]]:
    """What refusals say: their titles, and the sentences of forms and acts."""
    for sentence in (*SENTENCES.values(), *(kind.title for kind in _kinds(KimError))):
        yield ERRORS, sentence
    for person in DEMO_PEOPLE.values():
        yield "entrance", person.label
        yield "entrance", person.what
    for file in shown_code():
        for call in calls(file):
            yield from ((ERRORS, sentence) for sentence in _said(call))


def shown_code() -> list[Path]:
    """The files whose refusals a page may show."""
    return sorted(file for folder in _CODE for file in (HERE.parent / folder).rglob("*.py"))


def calls(file: Path) -> Iterator[ast.Call]:
    """Every call of something by its name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node


def refusals() -> frozenset[str]:
    """Names of what a page may refuse with; what only authors of models read on the command line is none of it."""
    return frozenset(kind.__name__ for kind in _kinds(KimError)) - {ModelInvalid.__name__}


def parts_of(refusal: ast.Call) -> tuple[ast.expr, ...]:
    """Detail and way out of a refusal, as they stand in the code."""
    ways_out = [keyword.value for keyword in refusal.keywords if keyword.arg == "way_out"]
    return (*refusal.args[:1], *ways_out)


def _said(call: ast.Call) -> Iterator[str]:
    """Sentences of a refusal and of a phrase; values are put in later."""
    assert isinstance(call.func, ast.Name)
    of_phrase = call.func.id == Phrase.__name__
    if not of_phrase and call.func.id not in refusals() | {"ValueError", "WrongAt"}:
        return
    for value in call.args[:1] if of_phrase else parts_of(call):
        text = value.value if isinstance(value, ast.Constant) else None
        if isinstance(text, str) and (of_phrase or _GERMAN.search(text)):
            yield text


def _extracted(method: str, file: Path, keywords: Mapping[str, object], options: dict[str, str]) -> Iterator[Message]:
    for _line, message, _comments, _context in extract_from_file(method, file, keywords, (), options):  # type: ignore[arg-type]
        if message:
            yield message


def _kinds(kind: type[KimError]) -> Iterator[type[KimError]]:
    if kind.__module__.startswith(_SHOWN):
        yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)


if __name__ == "__main__":
    sys.exit(main())
