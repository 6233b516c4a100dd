"""Posts of case managers: what they are on a day, what part of the paths is theirs, and who should get a new path.

Pure. A post is not a person; who holds it comes from the records, and a named person decides on every proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor
from typing import Final, Literal

from process_models.configuration import CasePost, Municipality, PathWeights

EVERYWHERE: Final = "*"
LANGUAGE_BONUS: Final = 1.0
"""Counselling in the person's language counts like one open path less."""

WhyNot = Literal["vacant", "absent", "conflict", "other_place"]
Why = Literal["place", "load", "language", "all_absent"]


@dataclass(frozen=True, slots=True)
class Post:
    """A post on a day."""

    key: str
    employer: str
    title: str
    public: bool
    share: float
    """Of a full-time post."""
    places: tuple[str, ...]
    weight: float
    """Its part of new paths in proportion to the other posts, as long as there are no numbers of refugees."""
    languages: tuple[str, ...] = ()
    funded_by: str = ""
    workplace: str = ""
    next_workplace: tuple[str, date] | None = None
    """Where it works next, and from which day."""
    gated: str = ""

    def serves(self, place: str) -> bool:
        """Whether paths of this place may be given to it."""
        return self.share > 0 and (EVERYWHERE in self.places or place in self.places)


@dataclass(frozen=True, slots=True)
class Change:
    """What is different about a post from a day on. None = as before; a share of 0 ends it."""

    post: str
    valid_from: date
    share: float | None = None
    places: tuple[str, ...] | None = None
    workplace: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Refugees in a place on a day."""

    place: str
    counted_on: date
    count: int


@dataclass(frozen=True, slots=True)
class PathLoad:
    """Open paths of somebody, how many of them are overdue and how many are stuck."""

    open: int = 0
    overdue: int = 0
    stuck: int = 0

    def weighed(self, weights: PathWeights) -> float:
        """The load in paths: an overdue or stuck one weighs more."""
        return self.open * weights.open + self.overdue * weights.overdue + self.stuck * weights.stuck

    def __add__(self, other: PathLoad) -> PathLoad:
        return PathLoad(self.open + other.open, self.overdue + other.overdue, self.stuck + other.stuck)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds posts today, and what speaks for or against a new path."""

    account: str
    posts: tuple[Post, ...]
    load: float
    """Weighed, see `PathLoad.weighed`."""
    absent_until: date | None = None
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A case manager in the order of the proposal; `quotient` is the load a part of the paths, with the new one."""

    account: str
    posts: tuple[Post, ...]
    load: float
    target: float
    """Part of all paths that is theirs, between 0 and 1."""
    quotient: float
    why: tuple[Why, ...]
    absent_until: date | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A post that is not proposed, and why."""

    post: Post
    why: WhyNot
    account: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who should get a path, the best first, and who was left out."""

    ranked: tuple[Proposed, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def first(self) -> Proposed | None:
        """The proposal; None if nobody can be proposed."""
        return next(iter(self.ranked), None)


def name_of_line(line: CasePost) -> str:
    """What the posts of a line of the configuration are called, without their number."""
    places = () if EVERYWHERE in line.places else line.places
    return line.id or "-".join((line.employer, *places))


def posts_of(config: Municipality, changes: Iterable[Change], day: date) -> tuple[Post, ...]:
    """The posts of a municipality on a day: those of its configuration, as changed until then. Ended ones too."""
    by_post: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda one: one.valid_from):
        by_post.setdefault(change.post, []).append(change)
    return tuple(_changed(post, by_post.get(post.key, ()), day) for post in _configured(config, day))


def _configured(config: Municipality, day: date) -> Iterator[Post]:
    for line in config.case_posts:
        for number, share in enumerate(_shares(line.posts), start=1):
            told = sorted(line.workplaces, key=lambda one: one.valid_from or date.min)
            past = [one.place for one in told if (one.valid_from or date.min) <= day]
            coming = [(one.place, one.valid_from) for one in told if one.valid_from and one.valid_from > day]
            yield Post(
                key=f"{name_of_line(line)}-{number}",
                employer=line.employer,
                title=line.title,
                public=line.public,
                share=share,
                places=line.places,
                weight=(line.weight or line.posts) * share / line.posts,
                languages=line.languages,
                funded_by=line.funded_by,
                workplace=past[-1] if past else "",
                next_workplace=coming[0] if coming else None,
                gated=line.gated,
            )


def _shares(posts: float) -> tuple[float, ...]:
    """Full-time posts, and what is left over as a part-time one."""
    whole = floor(posts)
    rest = round(posts - whole, 4)
    return (*(1.0 for _ in range(whole)), *((rest,) if rest else ()))


def _changed(post: Post, changes: Sequence[Change], day: date) -> Post:
    for change in changes:
        if change.valid_from > day:
            if change.workplace and post.next_workplace is None:
                post = replace(post, next_workplace=(change.workplace, change.valid_from))
            continue
        share = post.share if change.share is None else change.share
        weight = post.weight * share / post.share if post.share else post.weight
        places = post.places if change.places is None else change.places
        workplace = post.workplace if change.workplace is None else change.workplace
        post = replace(post, share=share, weight=weight, places=places, workplace=workplace)
    return post


def numbers_on(counted: Iterable[Counted], day: date) -> dict[str, Counted]:
    """For each place the latest number of refugees up to this day."""
    ordered = sorted((one for one in counted if one.counted_on <= day), key=lambda one: one.counted_on)
    return {one.place: one for one in ordered}


def targets(posts: Sequence[Post], numbers: Mapping[str, int], places: Iterable[str]) -> dict[str, float]:
    """What part of all paths should be with each post: they add up to 1, or all are 0 where there is no post.

    Each place is shared among the posts that serve it, by their share of a full-time post. Where some place has no
    number of refugees yet, the weights of the configuration hold for all, or the posts would be measured differently.
    """
    served = [place for place in places if any(post.serves(place) for post in posts)]
    if served and all(place in numbers for place in served) and any(numbers[place] for place in served):
        parts = dict.fromkeys((post.key for post in posts), 0.0)
        for place in served:
            serving = [post for post in posts if post.serves(place)]
            full = sum(post.share for post in serving)
            for post in serving:
                parts[post.key] += numbers[place] * post.share / full
    else:
        parts = {post.key: post.weight if post.share > 0 else 0.0 for post in posts}
    whole = sum(parts.values())
    return {key: part / whole if whole else 0.0 for key, part in parts.items()}


def propose(
    place: str, language: str, posts: Sequence[Post], holders: Sequence[Holder], parts: Mapping[str, float]
) -> Proposal:
    """Who should get a path of this place: whoever has the least load for their part, counting the new path.

    Whoever is absent comes only if everybody is; a conflict of interest always leaves out. `language`: the one that
    the person is counselled in, empty if it is not known. `parts`: see `targets`.
    """
    able = [one for one in holders if not one.conflict and any(post.serves(place) for post in one.posts)]
    present = [one for one in able if one.absent_until is None]
    ranked = sorted(
        (_ranked(one, language, parts, everybody_absent=not present) for one in present or able),
        key=lambda one: (one.quotient, one.account),
    )
    return Proposal(tuple(ranked), tuple(_left_out(place, posts, holders, {one.account for one in ranked})))


def _ranked(holder: Holder, language: str, parts: Mapping[str, float], *, everybody_absent: bool) -> Proposed:
    speaks = bool(language) and any(language in post.languages for post in holder.posts)
    target = sum(parts.get(post.key, 0.0) for post in holder.posts)
    share = sum(post.share for post in holder.posts)
    counted = holder.load + 1 - (LANGUAGE_BONUS if speaks else 0)
    why: list[Why] = ["place", "load"]
    why += ["language"] if speaks else []
    why += ["all_absent"] if everybody_absent else []
    quotient = counted / (target or share)
    return Proposed(holder.account, holder.posts, holder.load, target, quotient, tuple(why), holder.absent_until)


def _left_out(place: str, posts: Sequence[Post], holders: Sequence[Holder], ranked: set[str]) -> Iterator[LeftOut]:
    by_post = {post.key: holder for holder in holders for post in holder.posts}
    for post in posts:
        holder = by_post.get(post.key)
        if post.share <= 0 or (holder and holder.account in ranked):
            continue
        if not post.serves(place):
            yield LeftOut(post, "other_place", holder.account if holder else "")
        elif holder is None:
            yield LeftOut(post, "vacant")
        elif holder.conflict:
            yield LeftOut(post, "conflict", holder.account, holder.conflict)
        else:
            yield LeftOut(post, "absent", holder.account, str(holder.absent_until))
