"""Sentences with values in them: German text that still knows its sentence, so that it can be said in another language.

No other language stands here; pages translate the sentence and put the values in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


class Phrase(str):
    """German text made of a sentence with `%(name)s` in it and its values; a value may be a phrase itself.

    Use it for every refusal that tells a value: `NotPermitted(Phrase("Die Rolle „%(role)s“ darf das nicht.", role=…))`.
    """

    __slots__ = ("sentence", "values")
    sentence: str
    values: Mapping[str, object]

    def __new__(cls, sentence: str, **values: object) -> Phrase:
        """The text, in German."""
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence, made.values = sentence, values
        return made

    def __reduce__(self) -> tuple[Callable[[str, Mapping[str, object]], Phrase], tuple[str, Mapping[str, object]]]:
        """Travels between processes with its values."""
        return _again, (self.sentence, self.values)


def _again(sentence: str, values: Mapping[str, object]) -> Phrase:
    return Phrase(sentence, **values)


def said(text: str, translated: Callable[[str], str]) -> str:
    """The text with its sentence, and the phrases among its values, as `translated` gives them."""
    if not isinstance(text, Phrase):
        return translated(text)
    values = {name: said(one, translated) if isinstance(one, Phrase) else one for name, one in text.values.items()}
    sentence = translated(text.sentence)
    return sentence % values if values else sentence
