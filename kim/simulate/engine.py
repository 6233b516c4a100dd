"""What an engine is: it plays a scenario and reports which checks held. Nothing of how it plays stands here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from kim.simulate.checks import CheckResult
from kim.simulate.scenario_file import Scenario
from kim.simulate.scenario_shape import ActLine


@dataclass(frozen=True, slots=True)
class Report:
    """What came of playing a scenario."""

    scenario: str
    engine: str
    checks: tuple[CheckResult, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Every check held and every act was possible (or refused, where the scenario expects it)."""
        return all(check.ok for check in self.checks)

    def as_json(self) -> str:
        """One line of JSON: scenario, engine, ok, checks, seconds."""
        checks = [{**asdict(check), "on": check.on.isoformat()} for check in self.checks]
        content: dict[str, Any] = {"scenario": self.scenario, "engine": self.engine, "ok": self.ok, "checks": checks}
        return json.dumps({**content, "seconds": round(self.seconds, 3)}, ensure_ascii=False)


class Engine(Protocol):
    """Plays scenarios."""

    async def play(self, scenario: Scenario) -> Report:
        """Plays a scenario from its first to its last day."""
        ...


def act_result(act: ActLine, refusal: str | None) -> CheckResult | None:
    """The result of an act, if it says something: an unexpected refusal, or one that was expected.

    `refusal` is the system's refusal; None if the act went through.
    """
    subject = act.handover or act.task or act.body or ""
    key = f"acts.{act.act}.{subject}"
    if act.refused:
        return CheckResult(act.on, key, "refused", refusal or "done", refusal is not None)
    return CheckResult(act.on, key, "done", refusal, False) if refusal is not None else None
