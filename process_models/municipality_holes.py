"""Holes of the configuration of a Kreis or a kreisfreie Stadt: what is missing, and how each hole is closed.

Findings only. What is there and wrong: `municipality_checks`; holes of the target group: `target_group_holes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from process_models import rules
from process_models.catalogue_files import Entry, Shelf
from process_models.configuration import CasePost, ConsentText, Jurisdiction
from process_models.needed_agencies import kinds_that_head_mails_reach, needed_kinds
from process_models.target_group_holes import holes_of_target_group
from process_models.yaml_lines import Finding

Span = tuple[date, date | None]
_EVERYWHERE: Final = "*"
_ONE_DAY: Final = timedelta(days=1)
_BODIES: Final = {"fall": "für die Stufe E3 der Leiter", "verfahren": "für die Stufe E4 der Leiter"}
_NAMES: Final = {
    "statute": "der Beschluss oder das Konzept, auf dem sie beruht",
    "law_rule_set": "die Ausgabe der Regeln, mit der sie geprüft wurde",
    "ki_unit": "das Kommunale Integrationszentrum",
    "coordinating_unit": "die Koordinierende Stelle",
    "coordinating_mail": "das Postfach der Koordinierenden Stelle",
    "case_manager_mail": "das Postfach des Case Managements",
}


def holes_of_municipalities(shelf: Shelf) -> Iterator[Finding]:
    """Every hole of every configuration."""
    for entry in shelf.of("municipalities"):
        yield from _unnamed(entry)
        yield from _agencies_without_mailbox(shelf, entry)
        yield from _places_without_agency(shelf, entry)
        yield from _bodies(entry)
        yield from _places_without_post(entry)
        yield from _missing_consent_texts(shelf, entry)
        yield from _unexplained_retention(entry)
        yield from _referral_without_line(entry)
        yield from holes_of_target_group(entry)


def _config(entry: Entry) -> rules.Municipality:
    assert isinstance(entry.shape, rules.Municipality)
    return entry.shape


def _unnamed(entry: Entry) -> Iterator[Finding]:
    config = _config(entry)
    for key, name in _NAMES.items():
        if not getattr(config, key).strip():
            yield entry.hole((key,), f"es fehlt {name}", f"{key} eintragen")
    if not config.places:
        yield entry.hole(("places",), "die Kommune hat keine Orte", "places eintragen")
    if "de" not in config.languages:
        yield entry.hole(("languages",), "Deutsch fehlt unter den Sprachen", "de unter languages eintragen")


# ---------------------------------------------------------------- agencies and jurisdiction


def _agencies_without_mailbox(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    heads = kinds_that_head_mails_reach(shelf)
    for index, agency in enumerate(_config(entry).agencies):
        at = ("agencies", index)
        if not agency.mail:
            yield entry.hole(at, f"'{agency.id}' hat kein Postfach (mail)", "mail mit dem Funktionspostfach eintragen")
        if agency.kind in heads and not agency.head_mail:
            what = f"'{agency.id}' hat kein Postfach der Leitung (head_mail)"
            yield entry.hole(at, what, "head_mail eintragen: die Leiter mahnt auch die Leitung")


def _places_without_agency(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    """Every kind of agency that a released rule names answers in every place on every day."""
    config = _config(entry)
    for kind, users in sorted(needed_kinds(shelf, config.target_group).items()):
        lines = [line for line in config.jurisdiction if line.kind == kind and not line.gated]
        missing: dict[tuple[Span, ...], list[str]] = defaultdict(list)
        for place in config.places:
            missing[tuple(_uncovered(_in_place(lines, place), config.valid_from))].append(place)
        for spans, places in missing.items():
            if spans:
                yield _no_agency(entry, kind, users, spans, places)


def _in_place(lines: Iterable[Jurisdiction], place: str) -> list[Jurisdiction]:
    return [line for line in lines if {place, _EVERYWHERE} & set(line.places)]


def _no_agency(entry: Entry, kind: str, users: set[str], spans: tuple[Span, ...], places: list[str]) -> Finding:
    always = spans == ((_config(entry).valid_from, None),)
    when = "" if always else f" ({', '.join(_span(span) for span in spans)})"
    what = f"für '{kind}' ist keine Stelle zuständig in: {', '.join(places)}{when} (gebraucht von {_some(users)})"
    close = "die Tage mit valid_from und valid_to lückenlos verteilen"
    if always:
        close = (
            f"unter agencies eine Stelle mit kind: {kind} und unter jurisdiction ihre Zeile mit diesen Orten eintragen"
        )
    return entry.hole(("jurisdiction",), what, close)


def _some(users: set[str]) -> str:
    named = sorted(users)
    return ", ".join(named[:4]) + (f" und {len(named) - 4} weiteren" if len(named) > 4 else "")


# ---------------------------------------------------------------- bodies and posts


def _bodies(entry: Entry) -> Iterator[Finding]:
    config = _config(entry)
    there = {body.kind for body in config.bodies}
    for kind, why in _BODIES.items():
        if kind not in there:
            yield entry.hole(("bodies",), f"es fehlt das Gremium '{kind}', gebraucht {why}", f"kind: {kind} eintragen")
    for index, body in enumerate(config.bodies):
        at = ("bodies", index)
        if not (body.meetings_per_year and body.weekday and body.week_of_month):
            close = "meetings_per_year, weekday und week_of_month eintragen; bei weniger als zwölf Sitzungen months"
            yield entry.hole(at, f"das Gremium '{body.kind}' hat keinen Rhythmus", close)
        if not body.mail:
            yield entry.hole(at, f"das Gremium '{body.kind}' hat kein Postfach", "mail eintragen")
        if not body.office:
            yield entry.hole(at, f"das Gremium '{body.kind}' hat keine Geschäftsführung", "office eintragen")
        if not body.chair:
            yield entry.hole(at, f"das Gremium '{body.kind}' hat keinen Vorsitz", "chair mit der Funktion eintragen")
        if not body.members:
            close = "members mit Stellen und Funktionen eintragen, nie mit Namen"
            yield entry.hole(at, f"das Gremium '{body.kind}' hat keine Mitglieder", close)


def _places_without_post(entry: Entry) -> Iterator[Finding]:
    config = _config(entry)
    taking_part = [place for place in config.places if config.takes_part(place, date.max)]
    missing = [place for place in taking_part if not _posts_in(config.case_posts, place)]
    if missing:
        what = f"keine Stelle im Case Management ist zuständig in: {', '.join(missing)}"
        close = "unter case_posts eintragen, oder unter participation sagen, dass der Ort nicht teilnimmt"
        yield entry.hole(("case_posts",), what, close)


def _posts_in(posts: Iterable[CasePost], place: str) -> list[CasePost]:
    return [post for post in posts if {place, _EVERYWHERE} & set(post.places)]


# ---------------------------------------------------------------- consent and retention


def _missing_consent_texts(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    """Every purpose that somebody signs for has a text in every language, from its first day on without a gap."""
    config = _config(entry)
    purposes = [
        purpose.shape.code
        for purpose in shelf.of("consent_purposes")
        if isinstance(purpose.shape, rules.ConsentPurpose) and purpose.shape.needs_text
    ]
    employers = dict.fromkeys(post.employer for post in config.case_posts)
    for employer in employers or (_EVERYWHERE,):
        for language in config.languages:
            missing = [code for code in purposes if not _has_text(config, code, language, employer)]
            if missing:
                whose = "" if employer == _EVERYWHERE else f" von '{employer}'"
                what = f"es fehlen Einwilligungstexte{whose} auf '{language}': {', '.join(missing)}"
                close = "unter consent_texts eine Fassung mit Zwecken, Sprachen und Gültigkeit eintragen"
                yield entry.hole(("consent_texts",), what, close)


def _has_text(config: rules.Municipality, purpose: str, language: str, employer: str) -> bool:
    texts = [text for text in config.consent_texts if _is_for(text, purpose, language, employer)]
    if not texts:
        return False
    first = min(text.valid_from or config.valid_from for text in texts)
    return not _uncovered(texts, first)


def _is_for(text: ConsentText, purpose: str, language: str, employer: str) -> bool:
    used = employer in text.employers or _EVERYWHERE in text.employers
    return used and purpose in text.purposes and language in text.languages


def _unexplained_retention(entry: Entry) -> Iterator[Finding]:
    retention = _config(entry).retention
    if retention.deviates and not retention.reason.strip():
        what = "die Aufbewahrung weicht ab, ohne dass steht, warum"
        yield entry.hole(("retention",), what, "unter retention den Grund (reason) eintragen")


def _referral_without_line(entry: Entry) -> Iterator[Finding]:
    config = _config(entry)
    asks = any(rule.referred is not None and rule.release.state == "released" for rule in config.target_group)
    if config.access_mode == "referral" and not asks:
        what = "der Zugang ist nur durch Vermittlung offen, aber keine Zeile der Zielgruppe fragt danach (referred)"
        close = "unter target_group Zeilen mit referred eintragen oder access_mode: active wählen"
        yield entry.hole(("access_mode",), what, close)


# ---------------------------------------------------------------- days


def _uncovered(lines: Iterable[Jurisdiction | ConsentText], since: date) -> list[Span]:
    """The days from `since` on that no line covers; the last span may have no end."""
    found: list[Span] = []
    free = since
    for line in sorted(lines, key=lambda line: line.valid_from or date.min):
        starts, ends = line.valid_from or date.min, line.valid_to or date.max
        if starts > free:
            found.append((free, starts - _ONE_DAY))
        if ends == date.max:
            return found
        free = max(free, ends + _ONE_DAY)
    return [*found, (free, None)]


def _span(span: Span) -> str:
    first, last = span
    return f"{first} bis {last}" if last is not None else f"ab {first}"
