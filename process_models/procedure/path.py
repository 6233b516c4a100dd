"""The whole path from arrival to naturalisation: residence states in groups, and the transitions between them.

Groups follow from the states themselves (phase, kind of right); every state and transition stays named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from process_models.procedure.build import Build, More
from process_models.procedure.shape import Procedure, Step
from process_models.procedure.words import Words
from process_models.rulebook import SAME
from process_models.rules import ResidenceState, Transition

CODE: Final = "WEG"
_ANY: Final = "*"
_NAMED_BY_FACT: Final = "data.state"
_LAPSED: Final = "lapsed"

_RANKS: Final = {"title": 1, "naturalisable": 2, "end": 3}

Edges = dict[tuple[str, str], list[Transition]]


def path_procedure(words: Words) -> Procedure:
    """The path of the day: only what acts is drawn."""
    states = words.catalogue.in_force(words.catalogue.residence_states, words.day)
    transitions = words.catalogue.in_force(words.catalogue.transitions, words.day)
    groups = _groups(states)
    edges = _edges(groups, transitions)
    build = Build()
    _states(build, words, groups, edges)
    _flows(build, words, groups, edges)
    return Procedure(
        code=CODE,
        kind="path",
        title=words.say("path.title"),
        day=words.day,
        municipality=words.municipality.title if words.municipality else "",
        sources=tuple(words.source(rule) for rule in (*states, *transitions)),
        **build.parts(),
    )


def _groups(states: Iterable[ResidenceState]) -> dict[str, list[ResidenceState]]:
    """States that stand for the same right: by phase, a right without a title first, the end last."""
    found: dict[str, list[ResidenceState]] = defaultdict(list)
    phases: list[str] = []
    for state in states:
        phases += [] if state.phase in phases else [state.phase]
        found[f"{state.phase}.{_right(state)}"].append(state)

    def rank(name: str) -> tuple[int, int, str]:
        phase, right = name.split(".")
        return phases.index(phase), _RANKS.get(right, 0), found[name][0].code

    return {name: found[name] for name in sorted(found, key=rank)}


def _right(state: ResidenceState) -> str:
    if state.final:
        return "end"
    if state.naturalisable:
        return "naturalisable"
    if state.is_title:
        return "title"
    return "asylblg" if state.asylblg else "pending"


def _edges(groups: dict[str, list[ResidenceState]], transitions: Iterable[Transition]) -> Edges:
    """The transitions from group to group, those inside a group too."""
    group_of = {state.code: group for group, states in groups.items() for state in states}
    anywhere = [state.code for states in groups.values() for state in states if not state.final]
    transitions = tuple(transitions)
    lapsing = tuple(
        state for transition in transitions if transition.derived == "expiry" for state in transition.sources
    )
    found: Edges = defaultdict(list)
    for transition in transitions:
        sources = anywhere if _ANY in transition.sources else transition.sources
        for source in sources:
            for target in _targets(transition, source, lapsing):
                ends = (group_of.get(source, ""), group_of.get(target, ""))
                if all(ends) and transition not in found[ends]:
                    found[ends].append(transition)
    return {ends: rules for ends, rules in found.items() if rules}


def _targets(transition: Transition, source: str, lapsing: tuple[str, ...]) -> tuple[str, ...]:
    """The states to which a transition leads from this one; back to a lapsed title: to any that can lapse."""
    if transition.keeps or transition.to == SAME:
        return (source,)
    if transition.to == _LAPSED:
        return lapsing
    if transition.to != _NAMED_BY_FACT:
        return (transition.to,)
    return tuple(str(state) for match in transition.by for state in match.when.get("state", []))


def _states(build: Build, words: Words, groups: dict[str, list[ResidenceState]], edges: Edges) -> None:
    for name, states in groups.items():
        phase = f"phase.{states[0].phase}"
        lane = build.lane(phase, words.catalogue.label(phase))
        title = words.say(f"path.{name}") if words.known(f"path.{name}") else words.catalogue.label(phase)
        details = [f"{state.code} {state.title}" for state in states]
        inside = _codes(edges.get((name, name), []))
        if inside:
            details.append(words.say("path.within", codes=inside))
        if not build.steps:
            build.step("start", "start", lane, words.say("path.start"))
        sources = tuple(words.source(state) for state in states)
        build.step(_id(name), "state", lane, title, details=tuple(details), sources=sources)
        ways = _ways(name, edges)
        if ways:
            _decision(build, words, build.steps[-1], [rule for rules in ways.values() for rule in rules])


def _flows(build: Build, words: Words, groups: dict[str, list[ResidenceState]], edges: Edges) -> None:
    """Transitions as flows behind a decision; a group that nothing leaves is an end of the path."""
    lanes = {step.id: step.lane for step in build.steps}
    build.then("start", _id(next(iter(groups))))
    for name, states in groups.items():
        ways = _ways(name, edges)
        if not ways:
            title = words.say("path.end" if states[0].final else "path.ended")
            build.then(_id(name), build.step(f"{_id(name)}_end", "end", lanes[_id(name)], title))
        for target, rules in ways.items():
            build.then(f"{_id(name)}_next", _id(target), _codes(rules))


def _ways(name: str, edges: Edges) -> dict[str, list[Transition]]:
    """The groups that follow a group, and by which transitions."""
    return {target: rules for (source, target), rules in edges.items() if source == name != target}


def _decision(build: Build, words: Words, state: Step, rules: Iterable[Transition]) -> None:
    """Who decides on the way on, and how it comes about."""
    found = {words.source(rule): _transition(words, rule) for rule in rules}
    more: More = {"details": tuple(dict.fromkeys(found.values())), "sources": tuple(found)}
    build.then(state.id, build.step(f"{state.id}_next", "decision", state.lane, words.say("path.next"), **more))


def _transition(words: Words, rule: Transition) -> str:
    decider = words.agency(rule.decider) if rule.decider else words.say("path.by_law")
    kind = words.say(f"path.kind.{rule.kind}")
    return words.say("path.transition", code=rule.code, title=rule.title, decider=decider, kind=kind)


def _id(name: str) -> str:
    return name.replace(".", "_")


def _codes(rules: Iterable[Transition]) -> str:
    """The codes of transitions, each once: a code may have editions and variants."""
    return ", ".join(dict.fromkeys(rule.code for rule in rules))
