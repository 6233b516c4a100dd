"""Sealing keeps personal data from everybody without the keys, and gives it back exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import MasterKeyMissing, PersonErased, SealBroken
from store.sealing import Keyring, PersonKey

OLD, NOW = b"o" * 32, b"n" * 32
KEYRING = Keyring({"old": OLD, "now": NOW}, current="now")

keys = st.text(max_size=8).filter(lambda key: not key.startswith("$"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


def a_key(person_id: str = "p1") -> PersonKey:
    sealed = KEYRING.new_person_key(person_id)
    return KEYRING.open(sealed.wrapped, sealed.key_id, person_id)


@given(data=st.dictionaries(keys, values, max_size=4))
def test_any_data_comes_back_as_it_was(data: dict[str, Any]) -> None:
    key = a_key()
    assert key.unseal(key.seal(data)) == data


def test_dates_come_back_as_dates_and_tuples_as_lists() -> None:
    key = a_key()
    data = {"until": date(2025, 4, 19), "interface": ("sozialamt", "jobcenter"), "at": datetime(2025, 1, 1, tzinfo=UTC)}
    assert key.unseal(key.seal(data)) == {**data, "interface": ["sozialamt", "jobcenter"]}


def test_a_key_that_would_look_like_a_tag_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\$"):
        a_key().seal({"$date": "2022-01-01"})


def test_the_same_data_is_sealed_differently_each_time() -> None:
    key = a_key()
    assert key.seal({"outcome": "refugee"}) != key.seal({"outcome": "refugee"})


def test_the_length_of_a_seal_does_not_tell_the_outcome() -> None:
    key = a_key()
    lengths = {len(key.seal({"outcome": outcome})) for outcome in ("asylum", "rejected", "manifestly_unfounded")}
    assert len(lengths) == 1


def test_a_seal_of_another_person_or_place_does_not_open() -> None:
    key = a_key("p1")
    sealed = key.seal({"a": 1}, "fact:1")
    with pytest.raises(SealBroken):
        key.unseal(sealed, "fact:2")
    wrapped = KEYRING.new_person_key("p1")
    with pytest.raises(SealBroken):
        KEYRING.open(wrapped.wrapped, wrapped.key_id, "p2")


@given(position=st.integers(0, 92), flip=st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(position: int, flip: int) -> None:
    key = a_key()
    sealed = bytearray(key.seal({"outcome": "refugee"}))
    assert len(sealed) == 93
    sealed[position] ^= flip
    with pytest.raises(SealBroken):
        key.unseal(bytes(sealed))


@pytest.mark.parametrize("cut", [b"", b"\x01", b"\x01" + b"0" * 12])
def test_a_cut_seal_is_broken(cut: bytes) -> None:
    with pytest.raises(SealBroken):
        a_key().unseal(cut)


def test_a_destroyed_key_says_that_the_person_was_erased() -> None:
    with pytest.raises(PersonErased):
        KEYRING.open(None, "now", "p1")


def test_a_missing_master_key_is_no_erasure() -> None:
    sealed = KEYRING.new_person_key("p1")
    with pytest.raises(MasterKeyMissing):
        Keyring({"old": OLD}, current="old").open(sealed.wrapped, sealed.key_id, "p1")


def test_a_key_of_an_older_master_key_opens_and_can_be_wrapped_anew() -> None:
    before = Keyring({"old": OLD}, current="old").new_person_key("p1")
    data = KEYRING.open(before.wrapped, before.key_id, "p1").seal({"a": 1})
    fresh = KEYRING.rewrap(before.wrapped, before.key_id, "p1")
    after = Keyring({"now": NOW}, current="now")
    assert after.open(fresh.wrapped, fresh.key_id, "p1").unseal(data) == {"a": 1}


@pytest.mark.parametrize(("keys", "current"), [({"a": b"x" * 31}, "a"), ({"a": b"x" * 32}, "b")])
def test_a_keyring_with_a_short_or_missing_master_key_is_refused(keys: dict[str, bytes], current: str) -> None:
    with pytest.raises(ValueError, match="master key"):
        Keyring(keys, current)
