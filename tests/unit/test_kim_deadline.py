"""The command `kim deadline`: the date, the explanation, and a clear refusal with exit code 2."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from kim.deadline import command
from process_models.catalogue import catalogue

RUNNER = CliRunner()
APP = typer.Typer()
APP.command()(command)


def run(*arguments: str) -> tuple[int, str, str]:
    result = RUNNER.invoke(APP, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def as_json(*arguments: str) -> list[dict[str, Any]]:
    code, out, _ = run(*arguments, "--json")
    assert code == 0
    return [json.loads(line) for line in out.splitlines()]


def test_a_rule_gives_its_date_as_json() -> None:
    (found,) = as_json("--rule", "F01", "--event", "2026-03-20")
    assert list(found) == ["rule", "kind", "event", "law_date", "hard", "safe", "earliest", "calendar", "steps"]
    assert (found["rule"], found["kind"], found["hard"]) == ("F01", "FRIST", "2026-04-07")
    assert (found["law_date"], found["safe"], found["earliest"], found["calendar"]) == ("2026-03-20", None, None, "NW")
    assert found["steps"][-1]["day"] == "2026-04-07"


def test_a_rule_is_explained_in_german() -> None:
    code, out, _ = run("--rule", "F01", "--event", "2026-03-20")
    assert code == 0
    assert "Klage gegen die Entscheidung des Bundesamts" in out
    assert "Letzter Tag: Dienstag, 07.04.2026" in out
    assert "Karfreitag" in out


def test_the_law_of_another_day_may_be_asked_for() -> None:
    (before,) = as_json("--rule", "F48", "--event", "2021-05-11", "--on", "2024-06-26")
    (after,) = as_json("--rule", "F48", "--event", "2021-05-11", "--on", "2024-06-27")
    assert (before["earliest"], after["earliest"]) == ("2029-05-11", "2026-05-11")
    assert after["law_date"] == "2024-06-27"


def test_a_municipality_brings_its_calendar() -> None:
    (found,) = as_json("--rule", "F01", "--event", "2026-05-21", "--municipality", "muenster")
    assert found["hard"] == "2026-06-05"


def test_a_plain_length_needs_no_rule() -> None:
    (found,) = as_json("--kind", "FRIST", "--length", "P1M", "--event", "2026-01-31")
    assert (found["rule"], found["hard"]) == (None, "2026-03-02")
    (berlin,) = as_json("--kind", "FRIST", "--length", "P2W", "--event", "2026-05-21", "--calendar", "BE")
    assert berlin["hard"] == "2026-06-04"
    (waiting,) = as_json("--kind", "WAIT", "--length", "P3M", "--event", "2026-05-12")
    assert waiting["earliest"] == "2026-08-13"


def test_a_termin_needs_no_length() -> None:
    (found,) = as_json("--kind", "TERMIN", "--event", "2026-11-01")
    assert found["hard"] == "2026-11-01"


def test_a_code_with_two_different_deadlines_gives_both() -> None:
    assert {found["kind"] for found in as_json("--rule", "F41", "--event", "2026-01-31")} == {"FRIST", "EXPIRY"}


def test_a_code_with_two_variants_of_the_same_length_gives_one() -> None:
    assert len(as_json("--rule", "F10", "--event", "2026-05-12")) == 1


def test_a_rule_that_is_not_released_is_shown_with_its_banner() -> None:
    (found,) = as_json("--rule", "F04", "--event", "2026-07-01")
    assert "1182/71" in found["banner"]
    _, out, _ = run("--rule", "F04", "--event", "2026-07-01")
    assert "Achtung, nicht freigegeben" in out


def codes() -> list[str]:
    return list(dict.fromkeys(rule.code for rule in catalogue().deadlines))


@pytest.mark.parametrize("code", codes())
def test_every_code_of_the_law_gives_a_date_with_its_steps(code: str) -> None:
    found = as_json("--rule", code, "--event", "2026-07-01")
    assert found
    for one in found:
        assert one["rule"] == code
        assert one["hard"] or one["earliest"]
        assert one["steps"][0]["text"].startswith(("Ereignis", "Geburt"))


def test_special_cases_are_shown_only_when_they_are_asked_for() -> None:
    (usual,) = as_json("--rule", "F01", "--event", "2026-05-20")
    (missing,) = as_json("--rule", "F01", "--event", "2026-05-20", "--variant", "instruction")
    (later,) = as_json("--rule", "F01", "--event", "2026-06-12", "--variant", "instruction")
    assert [one["hard"] for one in (usual, missing, later)] == ["2026-06-03", "2027-05-20", "2026-09-14"]
    assert [one["earliest"] for one in as_json("--rule", "F46", "--event", "2021-11-15")] == ["2026-11-15"]


def test_an_act_towards_another_land_has_its_holidays() -> None:
    (here,) = as_json("--rule", "F01", "--event", "2026-12-23")
    (there,) = as_json("--rule", "F01", "--event", "2026-12-23", "--land", "BY")
    assert (here["hard"], here["calendar"]) == ("2027-01-06", "NW")
    assert (there["hard"], there["calendar"]) == ("2027-01-07", "BY")


def test_a_letter_by_post_counts_from_its_fourth_day() -> None:
    (found,) = as_json("--rule", "F08", "--event", "2025-01-08", "--posted")
    assert found["hard"] == "2025-02-12"
    assert found["steps"][0]["text"].startswith("Zur Post am Mittwoch, 08.01.2025")


def test_a_suspended_and_an_extended_period_are_moved() -> None:
    (moved,) = as_json("--rule", "F38b", "--event", "2025-06-23", "--suspended", "2025-07-01..2025-07-11")
    assert moved["hard"] == "2025-10-06"
    assert any("10 Tage angehängt" in step["text"] for step in moved["steps"])
    (extended,) = as_json("--rule", "F35", "--event", "2025-03-28", "--extended-until", "2025-05-03")
    assert extended["hard"] == "2025-05-05"


def test_a_suspension_without_an_end_still_lasts() -> None:
    (found,) = as_json("--rule", "F38b", "--event", "2025-06-23", "--suspended", "2025-07-01..")
    assert (found["state"], found["remaining_days"]) == ("suspended", 84)
    _, out, _ = run("--rule", "F38b", "--event", "2025-06-23", "--suspended", "2025-07-01..")
    assert "Gehemmt: noch 84 Tage" in out


def test_the_day_of_knowledge_and_a_second_start_may_be_named() -> None:
    found = as_json("--rule", "F45", "--variant", "known", "--event", "2025-08-31", "--known", "2025-07-15")
    assert [one["hard"] for one in found] == ["2025-07-18"]
    (married,) = as_json("--rule", "F49", "--event", "2021-10-01", "--also", "2023-06-20", "--on", "2025-01-01")
    assert married["earliest"] == "2025-06-20"


def test_a_rule_that_is_not_released_shows_every_reading() -> None:
    (found,) = as_json("--rule", "F58", "--event", "2026-04-02")
    assert [reading["day"] for reading in found["readings"]] == ["2026-04-05", "2026-04-07"]
    _, out, _ = run("--rule", "F58", "--event", "2026-04-02")
    assert "Lesart: 72 Stunden laufen auch über Wochenende und Feiertag: Sonntag, 05.04.2026" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rule", "F99", "--event", "2026-01-01"], "Erlaubt: F01, F02, F03"),
        (["--rule", "F18", "--event", "2020-01-01"], "gilt am 2020-01-01 keine Fassung"),
        (["--rule", "F01"], "--event fehlt"),
        (
            ["--rule", "F01", "--event", "2026-03-20", "--variant", "instructions"],
            "gemeint ist vielleicht 'instruction'",
        ),
        (["--rule", "F01", "--event", "2026-03-20", "--land", "NRW"], "NW"),
        (
            ["--rule", "F01", "--event", "2026-03-20", "--extended-until", "2026-05-01"],
            "keine Behörde kann sie verlängern",
        ),
        (["--rule", "F08", "--event", "2026-03-20", "--suspended", "2026-03-21..2026-03-23"], "keine Hemmung"),
        (["--rule", "F35", "--event", "2026-03-20", "--suspended", "2026-03-21"], "VON..BIS"),
        (
            ["--rule", "F35", "--event", "2026-03-20", "--suspended", "2026-03-21..2026-03-01"],
            "endet vor seinem Beginn",
        ),
        (["--kind", "FRIST", "--length", "P1M", "--event", "2026-03-20", "--land", "BY"], "gehören zu --rule"),
        (["--rule", "F01", "--event", "2026-02-30"], "'2026-02-30' ist kein Tag"),
        (["--rule", "F01", "--event", "20.03.2026"], "JJJJ-MM-TT"),
        (["--rule", "F01", "--event", "2026-03-20", "--on", "gestern"], "--on: 'gestern' ist kein Tag"),
        (["--rule", "F01", "--event", "2026-03-20", "--municipality", "neuss"], "rhein-kreis-neuss"),
        (["--rule", "F01", "--kind", "FRIST", "--event", "2026-03-20"], "Entweder --rule"),
        (["--event", "2026-03-20"], "Entweder --rule"),
        (["--rule", "F01", "--length", "P1M", "--event", "2026-03-20"], "gehören zu --kind"),
        (["--kind", "FRIST", "--length", "P1M", "--event", "2026-03-20", "--on", "2026-01-01"], "gehören zu --rule"),
        (["--kind", "FRIST", "--event", "2026-03-20"], "--length fehlt"),
        (["--kind", "Frist", "--length", "P1M", "--event", "2026-03-20"], "FRIST, EXPIRY, WAIT, TERMIN"),
        (["--kind", "FRIST", "--length", "1M", "--event", "2026-03-20"], "'1M' ist keine Dauer"),
        (["--kind", "FRIST", "--length", "P1M", "--event", "2026-03-20", "--calendar", "NRW"], "NW"),
        (["--kind", "FRIST", "--length", "P999Y", "--event", "9999-01-01"], "außerhalb des Kalenders"),
        (["--kind", "FRIST", "--length", "P2W", "--event", "9999-12-30"], "außerhalb des Kalenders"),
        (["--rule", "F01", "--event", "9999-12-30"], "außerhalb des Kalenders"),
    ],
)
def test_wrong_input_is_refused_with_exit_code_2_and_says_what_is_allowed(arguments: list[str], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
