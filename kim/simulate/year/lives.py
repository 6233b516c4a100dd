"""What happens to the invented people of the year: when they come to the case management, and what they live through.

Facts and days only. What follows from a fact is not known here; how agencies answer stands in `agencies`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from kim.simulate.year.drawing_lots import Lots
from process_models.calendars import ProductCalendar
from process_models.catalogue import Catalogue

FactLine = dict[str, Any]
"""A fact as the API takes it; days in ISO form."""
SHARES: Final[Mapping[str, float]] = {"rhein-kreis-neuss": 0.5, "muenster": 0.27, "hochsauerlandkreis": 0.23}
_KNOWN_BEFORE: Final = 0.3
"""Share of the paths that the case management takes over in the first three weeks; the others come over the year."""
_BASIC: Final = ("residence", "benefits", "housing")
_WORK: Final = ("work", "benefits")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be simulated. The same plan gives the same year."""

    paths: int
    first: date
    last: date
    seed: int = 2026


@dataclass(frozen=True, slots=True)
class Life:
    """One path: who it is about, and what becomes known on which working day."""

    number: int
    kind: str
    municipality: str
    place: str
    person: Mapping[str, str]
    household: tuple[Mapping[str, str], ...]
    days: tuple[tuple[date, tuple[FactLine, ...]], ...]
    """In order; the first day is the start of the path."""

    @property
    def starts_on(self) -> date:
        """The day on which the path begins."""
        return self.days[0][0]


@dataclass
class _Telling:
    """A life while it is being told; days are moved to the next working day."""

    lots: Lots
    start: date
    place: str
    calendar: ProductCalendar
    person: dict[str, str]
    household: list[dict[str, str]] = field(default_factory=list)
    days: dict[date, list[FactLine]] = field(default_factory=dict)
    count: int = 0

    def open_day(self, after: int) -> date:
        """The first working day from so many days after the start."""
        day = self.start + timedelta(days=after)
        while not self.calendar.is_working_day(day):
            day += timedelta(days=1)
        return day

    def tell(
        self, after: int, fact: str, data: Mapping[str, Any] | None = None, *, ago: int = 0, who: str = ""
    ) -> None:
        """Becomes known so many days after the start; `ago`: happened so many days before that."""
        known = self.open_day(after)
        self.count += 1
        line: FactLine = {"id": f"y{self.count:02}", "fact": fact, "on": (known - timedelta(days=ago)).isoformat()}
        line |= ({"data": dict(data)} if data else {}) | ({"who": who} if who else {})
        self.days.setdefault(known, []).append(line)

    def consent(self, after: int, ref: str, purpose: str, *transfer: Any) -> None:
        """The person agrees; to a transfer: recipient and categories."""
        data: dict[str, Any] = {"consent": ref, "purpose": purpose, "form": "written"}
        if transfer:
            recipient, categories = transfer
            data |= {"recipient": recipient, "categories": list(categories)}
        self.tell(after, "consent.given", data)

    def open_case(self, after: int, recipient: str, categories: tuple[str, ...]) -> None:
        """Case management begins; consent to the transfer comes at once, late, never, or is withdrawn again."""
        self.consent(after, "k1", "P1")
        self.tell(after, "kim.opened")
        if self.lots.happens(0.6):
            self.consent(after, "k3", "P3")
        course = self.lots.weighted({"given": 0.8, "late": 0.1, "never": 0.05, "withdrawn": 0.05})
        given = after + (self.lots.between(15, 45) if course == "late" else 0)
        if course != "never":
            self.consent(given, "k2", "P2", recipient, categories)
        if course == "withdrawn":
            self.tell(given + self.lots.between(6, 40), "consent.revoked", {"consent": "k2"})

    def seek_asylum(self, ago: int, who: str = "") -> None:
        """An asylum procedure that began so many days before the path."""
        for fact, later in (("asylum.sought", 0), ("asylum.registered", 1), ("asylum.lodged", 10)):
            self.tell(0, fact, ago=ago - later, who=who)
        if not who:
            self.tell(0, "place.assigned", {"place": self.place}, ago=ago - 50)


def _recognised(life: _Telling) -> None:
    life.seek_asylum(life.lots.between(180, 420))
    decided = life.lots.between(4, 60)
    life.tell(decided, "asylum.decided", {"outcome": life.lots.weighted({"refugee": 0.7, "subsidiary": 0.3})})
    life.open_case(decided + life.lots.between(0, 5), "jobcenter", _BASIC)


def _family(life: _Telling) -> None:
    born = date.fromisoformat(life.person["born"])
    life.household += [
        {"id": "spouse", "born": (born + timedelta(days=700)).isoformat(), "relation": "spouse"},
        {"id": "child", "born": f"{life.start.year - life.lots.between(3, 11)}-05-04", "relation": "child"},
    ]
    ago, decided = life.lots.between(200, 400), life.lots.between(4, 60)
    life.seek_asylum(ago)
    for member in ("spouse", "child"):
        life.seek_asylum(ago, who=member)
    for who in ("", "spouse", "child"):
        life.tell(decided, "asylum.decided", {"outcome": "refugee"}, who=who)
    life.open_case(decided + 1, "jobcenter", _BASIC)
    for who in ("spouse", "child"):
        given_by = {"given_by": "guardian"} if who == "child" else {}
        personal: dict[str, Any] = {"consent": "k1", "purpose": "P1", "form": "written"} | given_by
        life.tell(decided + 1, "consent.given", personal, who=who)
        to = {"consent": "k2", "purpose": "P2", "recipient": "jobcenter", "categories": list(_BASIC), "form": "written"}
        if life.lots.happens(0.8):
            life.tell(decided + 1, "consent.given", to | given_by, who=who)


def _protected(life: _Telling) -> None:
    life.tell(0, "person.entered", ago=life.lots.between(20, 60))
    life.tell(0, "residence.applied", {"state": "R25"}, ago=10)
    life.open_case(life.lots.between(0, 5), "jobcenter", _BASIC)
    certified = life.lots.between(7, 30)
    life.tell(certified, "residence.fiction_certificate_issued")
    life.tell(certified + 60, "residence.title_issued", {"state": "R25", "valid_until": "2027-03-04"})


def _tolerated(life: _Telling) -> None:
    life.seek_asylum(life.lots.between(1700, 2400))
    life.tell(0, "asylum.decided", {"outcome": "rejected"}, ago=1500)
    until = (life.start + timedelta(days=300)).isoformat()
    life.tell(0, "residence.duldung_issued", {"state": "R06", "valid_until": until}, ago=1400)
    life.tell(0, "residence.applied", {"state": "R17"}, ago=60)
    life.open_case(0, "jobcenter", _BASIC)
    issued = life.lots.between(20, 90)
    life.tell(issued, "residence.title_issued", {"state": "R17", "valid_until": _after(life, issued, 730)})


def _working(life: _Telling) -> None:
    life.household.append({"id": "child", "born": f"{life.start.year - 6}-03-15", "relation": "child"})
    life.tell(0, "person.entered", ago=1500)
    life.tell(0, "residence.title_issued", {"state": "R26", "valid_until": _after(life, 0, 500)}, ago=1400)
    basic = {"regime": "B05", "from": _after(life, 0, -200), "until": _after(life, 0, 165)}
    life.tell(0, "benefits.granted", basic, ago=190)
    life.open_case(0, "familienkasse", _WORK)
    if life.lots.happens(0.8):
        life.consent(0, "k4", "P2", "wohngeldstelle", _WORK)
    life.tell(life.lots.between(10, 80), "work.started", {"hours_per_week": 39, "livelihood_secured": True})


def _to_be_naturalised(life: _Telling) -> None:
    years = 5 * 365 + 2
    life.seek_asylum(years - life.lots.between(-20, 120))
    life.tell(0, "asylum.decided", {"outcome": "refugee"}, ago=years - 400)
    until = _after(life, 0, 800)
    life.tell(0, "residence.title_issued", {"state": "R12", "valid_until": until}, ago=years - 460)
    life.tell(0, "work.started", {"hours_per_week": 39, "livelihood_secured": True}, ago=years - 700)
    for fact, data in (("language.passed", {"level": "B1"}), ("civic_test.passed", None), ("identity.clarified", None)):
        life.tell(0, fact, data, ago=300)
    life.open_case(life.lots.between(0, 5), "ebh", ("residence", "language", "work"))


def _nearly_german(life: _Telling) -> None:
    life.tell(0, "person.entered", ago=2900)
    life.tell(0, "residence.title_issued", {"state": "R26", "valid_until": _after(life, 0, 700)}, ago=2800)
    life.tell(0, "work.started", {"hours_per_week": 39, "livelihood_secured": True}, ago=2000)
    life.open_case(0, "ebh", ("residence", "language", "work"))
    life.tell(life.lots.between(1, 20), "naturalisation.applied")
    life.tell(life.lots.between(60, 200), "naturalisation.certificate_handed_over")


def _prolonging(life: _Telling) -> None:
    ends = life.lots.between(70, 150)
    life.tell(0, "person.entered", ago=1300)
    life.tell(0, "residence.title_issued", {"state": "R26", "valid_until": _after(life, 0, ends)}, ago=900)
    life.tell(0, "work.started", {"hours_per_week": 39, "livelihood_secured": True}, ago=800)
    life.open_case(life.lots.between(0, 10), "abh", ("residence", "language"))
    if life.lots.happens(0.9):
        life.tell(ends - life.lots.between(15, 50), "residence.applied", {"state": "R26"})
        renewed = ends + life.lots.between(30, 120)
        life.tell(renewed, "residence.title_issued", {"state": "R26", "valid_until": _after(life, renewed, 730)})


def _moving(life: _Telling) -> None:
    life.seek_asylum(life.lots.between(120, 300))
    life.open_case(life.lots.between(0, 10), "sozialamt", _BASIC)
    places = [place for place in _PLACES[life.place] if place != life.place]
    life.tell(life.lots.between(30, 120), "place.moved", {"place": life.lots.one_of(places)})


_NEUSS: Final = ("dormagen", "grevenbroich", "juechen", "kaarst", "meerbusch", "neuss")
_SAUERLAND: Final = ("arnsberg", "brilon", "meschede", "sundern")
_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(_NEUSS, _NEUSS),
    **dict.fromkeys(_SAUERLAND, _SAUERLAND),
    "muenster": ("muenster",),
}
_TOWNS: Final[Mapping[str, Mapping[str, float]]] = {
    "rhein-kreis-neuss": dict(zip(_NEUSS, (0.14, 0.14, 0.05, 0.12, 0.2, 0.35), strict=True)),
    "muenster": {"muenster": 1},
    "hochsauerlandkreis": dict(zip(_SAUERLAND, (0.45, 0.2, 0.25, 0.1), strict=True)),
}
_KINDS: Final[Mapping[str, tuple[float, tuple[str, ...], Callable[[_Telling], None]]]] = {
    "recognised": (0.36, ("SY", "AF", "IQ", "ER"), _recognised),
    "family": (0.08, ("SY", "AF"), _family),
    "protected": (0.14, ("UA",), _protected),
    "tolerated": (0.08, ("AF", "NG", "GN"), _tolerated),
    "working": (0.1, ("SY", "IR"), _working),
    "to_be_naturalised": (0.09, ("SY", "IQ"), _to_be_naturalised),
    "nearly_german": (0.05, ("TR", "IR"), _nearly_german),
    "prolonging": (0.06, ("TR", "MA", "IN"), _prolonging),
    "moving": (0.04, ("SY", "AF"), _moving),
}
_FIRST: Final = ("Ayşe", "Oleksandra", "Çağla", "Nguyễn", "Yusuf", "Zoë", "Mehran", "Tēvita", "Łucja", "Adewálé")
_LAST: Final = ("Muñoz-Đặng", "Erdachtsen", "Öztürkoğlu", "Beispielenko", "Al-Fiktiv", "Probeisen", "Nimand", "Ðokić")


def lives(plan: Plan, catalogue: Catalogue) -> Iterator[Life]:
    """Everybody of the year, in the order of their numbers."""
    for number in range(plan.paths):
        lots = Lots(plan.seed, "life", number)
        municipality = lots.weighted(SHARES)
        calendar = catalogue.municipality(municipality).product_calendar
        yield _life(plan, number, municipality, calendar, lots)


def _life(plan: Plan, number: int, municipality: str, calendar: ProductCalendar, lots: Lots) -> Life:
    place = lots.weighted(_TOWNS[municipality])
    kinds = {name: share for name, (share, _, _) in _KINDS.items() if name != "moving" or len(_PLACES[place]) > 1}
    kind = lots.weighted(kinds)
    born = date(plan.first.year - lots.between(19, 34), lots.between(1, 12), lots.between(1, 28))
    person = {
        "born": born.isoformat(),
        "nationality": lots.one_of(_KINDS[kind][1]),
        "name": f"{lots.one_of(_FIRST)} {lots.one_of(_LAST)}",
    }
    telling = _Telling(lots, _start(plan, lots), place, calendar, person)
    criteria = ["M1"] if municipality == "muenster" else []
    telling.tell(0, "kim.referred", {"by": "sozialamt", "wants": True, "criteria": criteria})
    _KINDS[kind][2](telling)
    days = sorted((day, tuple(facts)) for day, facts in telling.days.items())
    life = Life(number, kind, municipality, place, person, tuple(telling.household), tuple(days))
    return replace(life, days=tuple(day for day in life.days if day[0] <= plan.last))


def _start(plan: Plan, lots: Lots) -> date:
    """Most come over the year, a little more of them in spring and autumn."""
    length = (plan.last - plan.first).days
    if lots.happens(_KNOWN_BEFORE):
        return plan.first + timedelta(days=lots.between(0, min(20, length)))
    quarter = lots.weighted({0: 0.22, 1: 0.28, 2: 0.2, 3: 0.3})
    return plan.first + timedelta(days=(length * quarter) // 4 + lots.between(0, max(length // 4 - 10, 0)))


def _after(life: _Telling, after: int, days: int) -> str:
    return (life.open_day(after) + timedelta(days=days)).isoformat()
