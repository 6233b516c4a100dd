"""The record of processing activities names every transfer that the rules make, and follows the configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from typer.testing import CliRunner

from kim.main import app
from process_models.catalogue import catalogue
from process_models.configuration import Retention
from process_models.errors import UnknownMunicipality
from process_models.processing_record import as_markdown, record_of

LAW = catalogue()
DAY = date(2026, 11, 23)
MUENSTER = "muenster"


def test_every_released_handover_stands_in_the_record_with_each_of_its_receivers() -> None:
    told = {(one.code, one.receiver) for one in record_of(MUENSTER, DAY, LAW).transfers}
    assert {code for code, _ in told} == {rule.code for rule in LAW.in_force(LAW.handovers, DAY)}
    assert {receiver for code, receiver in told if code == "H01"} == {
        "Jobcenter",
        "Sozialamt",
        "Ausländerbehörde",
        "Krankenkasse",
    }


def test_a_transfer_names_its_data_its_basis_and_whether_it_leaves_the_union() -> None:
    transfers = {(one.code, one.receiver): one for one in record_of(MUENSTER, DAY, LAW).transfers}
    register = transfers["H12c", "Bundesverwaltungsamt"]
    assert (register.basis, register.categories, register.third_country) == (
        "Gesetz",
        ("Identität", "Aufenthalt"),
        False,
    )
    assert transfers["H15", "Auslandsvertretung"].third_country
    assert transfers["H01", "Krankenkasse"].categories == ("Leistungen",)


def test_the_municipalitys_own_periods_go_before_those_of_the_law() -> None:
    proposed = dict(record_of(MUENSTER, DAY, LAW).periods)
    config = LAW.municipality(MUENSTER).model_copy(
        update={"retention": Retention(file_months=60, reason="Förderrecht")}
    )
    own = dict(record_of(MUENSTER, DAY, replace(LAW, municipalities={MUENSTER: config})).periods)
    assert [months for what, months in own.items() if proposed[what] != months] == [60]
    assert sorted(proposed.values()) == [12, 12, 24, 36]


def test_the_document_has_a_line_for_each_entry_and_no_broken_table() -> None:
    record = record_of(MUENSTER, DAY, LAW)
    text = as_markdown(record)
    assert text.count("\n- ") == len(record.measures)
    columns = {line.count("|") for line in text.splitlines() if line.startswith("| H")}
    assert columns == {6}


def test_the_command_prints_it_and_refuses_an_unknown_municipality() -> None:
    printed = CliRunner().invoke(app, ["model", "record", MUENSTER])
    assert (printed.exit_code, "Stadt Münster" in printed.stdout) == (0, True)
    assert CliRunner().invoke(app, ["model", "record", "nirgendwo"]).exit_code == 2
    with pytest.raises(UnknownMunicipality):
        record_of("nirgendwo", DAY, LAW)
