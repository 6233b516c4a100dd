"""Words and sources of a procedure: German labels, names of agencies, facts and deadlines as sentences.

Looks up only; which steps a procedure has stands in the modules beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from process_models.catalogue import Catalogue
from process_models.german import duration_text
from process_models.names import HEAD_OF_UNIT_SUFFIX
from process_models.procedure.shape import Bound, Source
from process_models.rules import Anchor, Body, DeadlineRule, FactMatch, Municipality, Rule

SHOWN: Final = ("released", "gated")
"""States of release that are shown: what is gated carries its banner, drafts and what was withdrawn are left out."""
_LAST_OPEN_DAY: Final = -1
_NAMES_OF_CODES: Final = {"B": "benefit_regimes", "R": "residence_states", "P": "consent_purposes"}


@dataclass(frozen=True, slots=True)
class Words:
    """Looks up words for one day and, if given, one municipality."""

    catalogue: Catalogue
    municipality: Municipality | None
    day: date

    def say(self, key: str, **values: Any) -> str:
        """The label `procedure.<key>` with its braces filled."""
        return self.catalogue.label(f"procedure.{key}").format(**values)

    def known(self, key: str) -> bool:
        """True if there is such a label."""
        return self.catalogue.label(f"procedure.{key}") != f"procedure.{key}"

    def agency(self, role: str) -> str:
        """Name of an agency kind or role: the one agency of the municipality that answers, else the German word."""
        if role in ("client", "receiver"):
            return self.say(f"lane.{role}")
        if role.endswith(HEAD_OF_UNIT_SUFFIX):
            return self.say("head", agency=self.agency(role.removesuffix(HEAD_OF_UNIT_SUFFIX)))
        titles = self._answering(role)
        return titles[0] if len(titles) == 1 else self.catalogue.label(role)

    def agencies(self, role: str) -> tuple[str, ...]:
        """The agencies behind a kind, if it is another one in another place."""
        titles = self._answering(role)
        return titles if len(titles) > 1 else ()

    def body(self, kind: str) -> Body | None:
        """The body of the municipality, if it has one."""
        return (
            next((body for body in self.municipality.bodies if body.kind == kind), None) if self.municipality else None
        )

    def has_body(self, kind: str) -> bool:
        """False only where a municipality is named that has no such body."""
        return self.municipality is None or self.body(kind) is not None

    def body_title(self, kind: str) -> str:
        """Title of the body as the municipality calls it."""
        body = self.body(kind)
        return body.title if body else self.say(f"lane.body.{kind}")

    def fact(self, match: FactMatch) -> str:
        """A fact in words: "Sprachprüfung bestanden (B1, B2, C1)"."""
        kind = self.catalogue.fact_kinds.get(match.fact)
        values = [text for named in match.when.values() for value in named if (text := self._value(value))]
        title = kind.title if kind else match.fact
        return f"{title} ({', '.join(values)})" if values else title

    def code(self, code: str) -> str:
        """A code of a regime, state or purpose with its title: "B05 Grundsicherungsgeld"; else the code alone."""
        section = _NAMES_OF_CODES.get(code[:1]) if code[1:].isdigit() else None
        rules: Iterable[Rule] = getattr(self.catalogue, section) if section else ()
        return next((f"{code} {rule.title}" for rule in rules if rule.code == code and rule.holds_on(self.day)), code)

    def facts(self, matches: Iterable[FactMatch]) -> tuple[str, ...]:
        """Facts in words, each once."""
        return tuple(dict.fromkeys(self.fact(match) for match in matches))

    def source(self, rule: Rule) -> Source:
        """Where a rule comes from."""
        banner = "" if rule.release.state == "released" else rule.release.banner
        dates = (rule.valid_from, rule.valid_to)
        return Source(rule.code, rule.title, rule.statute, rule.evidence, *dates, banner=banner)

    def shown(self, rules: Iterable[Any], code: str = "") -> list[Any]:
        """The rules of the day that are shown, released ones first; of one code, or all."""
        found = [r for r in rules if r.holds_on(self.day) and r.release.state in SHOWN and code in ("", r.code)]
        return sorted(found, key=lambda rule: SHOWN.index(rule.release.state))

    def bounds(self, code: str) -> tuple[Bound, ...]:
        """A deadline of the day in words; several where variants hold side by side."""
        return tuple(self._bound(rule) for rule in self.shown(self.catalogue.deadlines, code))

    # ---------------------------------------------------------------- private

    def _answering(self, kind: str) -> tuple[str, ...]:
        if self.municipality is None:
            return ()
        town = self.municipality
        found = (self.catalogue.agency(town.id, kind, place, self.day) for place in town.places)
        return tuple(dict.fromkeys(agency.title for agency in found if agency is not None))

    def _value(self, value: Any) -> str:
        """A value of a fact in words: a code with its title, a level as it is; nothing for what has no words."""
        text = str(value)
        if text.isupper():
            return self.code(text)
        return self.say(f"value.{text}") if self.known(f"value.{text}") else ""

    def _bound(self, rule: DeadlineRule) -> Bound:
        notes = [rule.note] if rule.note else []
        if rule.safe_anchor is not None:
            notes.append(self.say("bound.safe", anchor=self._anchor(rule.safe_anchor)))
        return Bound(
            code=rule.code,
            title=rule.title,
            kind=self.catalogue.label(f"kind.{rule.kind}"),
            length=self._length(rule),
            who=self.agency(rule.who_acts),
            consequence=rule.consequence,
            reminders=self._reminders(rule.lead_days),
            source=self.source(rule),
            note=" ".join(notes),
        )

    def _length(self, rule: DeadlineRule) -> str:
        parts = []
        if rule.length:
            key = "bound.length_before" if rule.direction == "before" else "bound.length"
            parts.append(self.say(key, length=duration_text(rule.length), anchor=self._anchor(rule.anchor)))
        if rule.age is not None:
            parts.append(self.say("bound.age", age=rule.age))
        if rule.until is not None:
            parts.append(self.say("bound.until", day=f"{rule.until:%d.%m.%Y}"))
        if rule.round_to:
            parts.append(self.say("bound.month_end"))
        return ", ".join(parts) or self.say("bound.given_day")

    def _anchor(self, anchor: Anchor) -> str:
        return self.fact(anchor.fact) if anchor.fact else self.say(f"anchor.{anchor.event}")

    def _reminders(self, days: Iterable[int]) -> str:
        ahead = [str(day) for day in days if day != _LAST_OPEN_DAY]
        said = [self.say("bound.reminders", days=", ".join(ahead))] if ahead else []
        return "; ".join([*said, *([self.say("bound.last_open_day")] if _LAST_OPEN_DAY in days else [])])
