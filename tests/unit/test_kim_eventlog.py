"""`kim eventlog`: the log of an agency at first look, what is refused and how, and the file that an export leaves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kim.eventlog.first_look import FirstLook, first_look
from kim.eventlog.foreign import ForeignEvent
from kim.main import app
from process_models.calendars import ProductCalendar
from process_models.small_cells import is_small
from store.database import upgrade
from tests.unit.test_small_cells import readers

CSV = "Aktenzeichen;Aktivität;Zeitpunkt;Behörde\n"
XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0">{traces}</log>
"""


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["eventlog", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def look(file: Path, *options: str) -> tuple[int, str, str]:
    return run("import", file, "--municipality", "rhein-kreis-neuss", *options)


def told(file: Path, *options: str) -> dict[str, Any]:
    code, out, err = look(file, "--json", *options)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def permits(cases: int = 12) -> str:
    """Applications on a Friday, looked at on Monday, granted after Rosenmontag (1 March 2022 is a Tuesday)."""
    rows = []
    for number in range(cases):
        rows.append(f"A{number};Prüfung begonnen;21.02.2022 09:00;Bauamt Köln")
        rows.append(f"A{number};Antrag eingegangen;18.02.2022;Bürgerbüro")
        rows.append(f"A{number};Genehmigung übermittelt;2022-03-01T10:00:00+01:00;Bauamt Köln")
    return CSV + "\n".join(rows) + "\n"


def test_a_csv_with_umlauts_gives_counts_and_working_days_of_the_municipality(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(permits(), encoding="utf-8-sig")
    found = told(file, "--agency-column", "Behörde")
    assert found["cases"] == 10
    assert {(one["activity"], one["events"], one["cases"]) for one in found["activities"]} == {
        ("Antrag eingegangen", 10, 10),
        ("Prüfung begonnen", 10, 10),
        ("Genehmigung übermittelt", 10, 10),
    }
    days = {(one["begin"], one["end"]): (one["median"], one["p90"]) for one in found["transitions"]}
    assert days == {
        ("Antrag eingegangen", "Prüfung begonnen"): (1, 1),
        ("Prüfung begonnen", "Genehmigung übermittelt"): (5, 5),
    }
    assert found["slowest"] == [{"begin": "Bürgerbüro", "end": "Bauamt Köln", "cases": 10, "median": 1, "p90": 1}]


def test_the_page_for_people_says_the_same_in_words(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(permits(), encoding="cp1252")
    code, out, _ = look(file, "--encoding", "cp1252", "--agency-column", "Behörde")
    assert code == 0
    assert out.startswith("ab 10 Vorgänge. Tage sind Arbeitstage im Kalender von rhein-kreis-neuss.\n")
    assert "  Bürgerbüro → Bauamt Köln: 1 / 1 Tage (ab 10 Vorgänge)\n" in out


def test_what_fewer_than_five_cases_share_is_not_told(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    rare = [f"B{n};Antrag eingegangen;2022-02-18;Bürgerbüro\nB{n};Widerspruch;2022-02-21;Rechtsamt\n" for n in range(2)]
    file.write_text(permits() + "".join(rare), encoding="utf-8")
    code, out, _ = look(file, "--agency-column", "Behörde")
    assert code == 0
    assert "Widerspruch" not in out
    assert "Rechtsamt" not in out
    file.write_text(permits(4), encoding="utf-8")
    assert look(file)[1].startswith("unter 5 Vorgänge.")


def test_no_small_number_of_cases_is_found_out_by_subtracting_what_the_first_look_tells() -> None:
    """Who reads it knows that each case begins with the application and ends with it, the permit or the refusal."""
    calendar = ProductCalendar("NW")

    def publish(world: tuple[int, ...]) -> FirstLook:
        return first_look(_log(dict(zip(("", "Genehmigung", "Ablehnung"), world, strict=True))), calendar)

    for said, possible in readers(product(range(12), repeat=3), publish):
        if any(11 in world for world in possible):
            continue  # the worlds played here end at eleven; the real ones do not
        for number in range(3):
            values = {world[number] for world in possible}
            assert len(values) > 1 or not is_small(values.pop()), said


def _log(ends: dict[str, int]) -> list[ForeignEvent]:
    """So many cases with each end; an empty one ends with the application."""
    found = []
    for end, count in ends.items():
        for number in range(count):
            activities = ("Antrag", end) if end else ("Antrag",)
            at = datetime(2022, 2, 18, tzinfo=UTC)
            found += [ForeignEvent(f"{end}{number}", name, at) for name in activities]
    return found


def test_events_of_xes_take_their_case_from_the_trace_and_their_agency_from_the_group(tmp_path: Path) -> None:
    event = (
        '<event><string key="concept:name" value="{}"/><string key="org:group" value="{}"/>'
        '<date key="time:timestamp" value="{}T23:30:00Z"><string key="concept:name" value="nested"/></date></event>'
    )
    one = event.format("Antrag &amp; Anlagen", "Bürgerbüro", "2022-02-17") + event.format(
        "Prüfung", "ABH", "2022-02-21"
    )
    traces = "".join(f'<trace><string key="concept:name" value="{n}"/>{one}</trace>' for n in range(5))
    file = tmp_path / "log.xes"
    file.write_text(XES.format(traces=traces), encoding="utf-8")
    found = told(file)
    assert [one["activity"] for one in found["activities"]] == ["Antrag & Anlagen", "Prüfung"]
    # 23:30 UTC is the next day in Germany: Friday to Tuesday.
    assert found["slowest"] == [{"begin": "Bürgerbüro", "end": "ABH", "cases": 5, "median": 2, "p90": None}]


@pytest.mark.parametrize(
    ("name", "text", "options", "said"),
    [
        ("a.csv", "Nr;Aktivität;Zeitpunkt\n", (), ("Zeile 1", "--case-column", "Erlaubt: Nr, Aktivität, Zeitpunkt")),
        ("a.csv", CSV, ("--case-column", "Nummer"), ("'Nummer' fehlt", "Erlaubt: Aktenzeichen, Aktivität")),
        ("a.csv", CSV + "1;a;2022-02-18;x\n2;b;gestern;x\n", (), ("Zeile 3", "'gestern'", "01.03.2026 08:30")),
        ("a.csv", CSV + "1;;2022-02-18;x\n", (), ("Zeile 2", "'Aktivität' ist leer")),
        ("a.csv", CSV + "1;a;2022-02-18\n", (), ("Zeile 2 hat 3 Spalten", "Erlaubt: 4 Spalten")),
        ("a.csv", CSV, ("--encoding", "latin-nix"), ("latin-nix", "cp1252")),
        ("a.xes", "<log>\n<trace>\n</log>", (), ("Zeile 3", "XES (IEEE 1849)")),
        ("a.xes", "<html/>", (), ("kein Protokoll", "log")),
        ("a.xes", '<!DOCTYPE log [<!ENTITY a "b">]>\n<log/>', (), ("Zeile 1", "DOCTYPE")),
        ("a.txt", "", (), ("keine bekannte Endung", ".xes, .csv")),
    ],
)
def test_bad_input_is_refused_with_its_line_and_what_is_allowed(
    tmp_path: Path, name: str, text: str, options: tuple[str, ...], said: tuple[str, ...]
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    code, out, err = look(file, *options)
    assert (code, out) == (2, "")
    assert [part for part in said if part not in err] == []


def test_a_file_in_another_encoding_is_refused_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(permits().encode("cp1252"))
    code, _, err = look(file)
    assert code == 2
    assert "--encoding" in err
    assert "cp1252" in err


def test_an_unknown_municipality_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    code, _, err = run("import", tmp_path / "a.csv", "--municipality", "atlantis")
    assert code == 2
    assert "rhein-kreis-neuss" in err


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty records of an installation."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    monkeypatch.setenv("KIM_DATABASE_URL", url)
    return tmp_path


def test_an_export_is_for_its_owner_only_and_overwrites_nothing(records: Path) -> None:
    out = records / "log.json"
    code, said, _ = run("export", "--format", "ocel", "--out", out)
    assert (code, said.strip()) == (0, f"{out}: 0 Ereignisse, 0 Objekte")
    assert out.stat().st_mode & 0o777 == 0o600
    assert json.loads(out.read_text(encoding="utf-8"))["events"] == []
    code, _, err = run("export", "--format", "xes", "--out", out)
    assert code == 2
    assert "gibt es schon" in err
    assert json.loads(out.read_text(encoding="utf-8"))["objects"] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--tenant", "nowhere"), "Mandant"), (("--since", "2026-02-01", "--until", "2026-01-01"), "--until")],
)
def test_a_refused_export_leaves_no_file(records: Path, options: tuple[str, ...], said: str) -> None:
    code, _, err = run("export", "--format", "xes", "--out", records / "log.xes", *options)
    assert code == 2
    assert said in err
    assert [file.name for file in records.glob("log.*")] == []


def test_a_running_export_of_somebody_else_is_not_disturbed(records: Path) -> None:
    part = records / "log.xes.part"
    part.write_text("theirs", encoding="utf-8")
    assert run("export", "--format", "xes", "--out", records / "log.xes")[0] == 2
    assert part.read_text(encoding="utf-8") == "theirs"
