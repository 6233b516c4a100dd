"""From groups to a role: first match, deny by default."""

from __future__ import annotations

from typing import Any

import pytest

from store.appointments import Grant, Provider, appointed, groups_in

MANAGER = Grant(group="/kim/cm", role="case_manager", tenant="muenster", municipalities=("muenster",))
MEMBER = Grant(group="/kim/fall", role="body", tenant="muenster", body="fall")
PROVIDER = Provider("https://id.test", "kim", "secret", (MANAGER, MEMBER), "realm.groups")


def _claims(*groups: str, **more: Any) -> dict[str, Any]:
    return {"sub": "u", "name": "Ada", "realm": {"groups": list(groups)}} | more


def test_the_first_grant_of_the_configuration_counts() -> None:
    who = appointed(PROVIDER, _claims("/kim/fall", "/kim/cm"))
    assert who is not None
    assert (who.role, who.tenant_id, who.body, who.municipalities) == ("case_manager", "muenster", "", ("muenster",))


@pytest.mark.parametrize("groups", [(), ("/kim",), ("/kim/cm/x",), ("/KIM/CM",), ("",)])
def test_who_is_in_no_group_of_the_configuration_is_nobody(groups: tuple[str, ...]) -> None:
    assert appointed(PROVIDER, _claims(*groups)) is None


@pytest.mark.parametrize(
    ("claims", "path", "groups"),
    [
        ({"groups": ["a", "b"]}, "groups", ("a", "b")),
        ({"groups": "a"}, "groups", ("a",)),
        ({"groups": [1, None, "a", ["b"]]}, "groups", ("a",)),
        ({"groups": {"a": 1}}, "groups", ()),
        ({"realm": {"roles": ["a"]}}, "realm.roles", ("a",)),
        ({"realm": ["roles"]}, "realm.roles", ()),
        ({}, "groups", ()),
    ],
)
def test_anything_but_texts_in_the_named_claim_is_no_group(
    claims: dict[str, Any], path: str, groups: tuple[str, ...]
) -> None:
    assert groups_in(claims, path) == groups


def test_a_name_is_composed_short_and_printable_or_a_dash() -> None:
    names = {
        "Ǧulšan Şerife": "Ǧulšan Şerife",
        "G\u030culs\u030can": "Ǧulšan",
        "A\r\nB\u202e": "AB",
        "": "–",
        "x" * 500: "x" * 120,
    }
    for name, shown in names.items():
        who = appointed(PROVIDER, _claims("/kim/cm", name=name))
        assert who is not None
        assert who.display_name == shown
