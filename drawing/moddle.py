"""The only module that knows the library `bpmn-io`: making elements of BPMN 2.0, writing them, asking what is wrong.

Another library would be put in here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol, cast

from bpmn_io import BpmnModdle, check
from bpmn_io.lint import Linter
from bpmn_io.lint.resolver import NodeResolver

_RULES: Final = {"fake-join": "off"}
"""Several ways may lead to one step without waiting for each other: that is meant here."""
_NAMESPACE: Final = "urn:kim-lotse:procedures"


class Element(Protocol):
    """An element of a BPMN model."""

    def get(self, name: str, /) -> Any:
        """A property; lists can be added to."""
        ...

    def set(self, name: str, value: Any, /) -> None:
        """Sets a property."""
        ...


class Model:
    """Makes elements and writes them. One model a file: what it writes depends on nothing but its elements."""

    def __init__(self) -> None:
        self._moddle = BpmnModdle()
        self.definitions = self.element("bpmn:Definitions", id="definitions", targetNamespace=_NAMESPACE)

    def element(self, kind: str, **attributes: Any) -> Element:
        """An element of a kind such as `bpmn:UserTask`."""
        return cast(Element, self._moddle.create(kind, attributes))

    def add(self, parent: Element, name: str, *children: Element) -> None:
        """Adds children to a list of an element."""
        parent.get(name).extend(children)

    def written(self) -> str:
        """The model as BPMN 2.0 XML."""
        return self._moddle.to_xml(self.definitions, {"format": True}).xml  # type: ignore[arg-type]


def findings(xml: str) -> tuple[str, ...]:
    """What the reader and the recommended rules of bpmnlint find: element and message. Empty = nothing."""
    report = check(xml)
    found = [warning.message for warning in report.warnings] + [str(error) for error in report.errors]
    root: Any = BpmnModdle().from_xml(xml).root_element
    resolver: Any = NodeResolver()
    linted = Linter(resolver=resolver).lint(root, {"extends": "bpmnlint:recommended", "rules": _RULES})
    return (*found, *(f"{rule}: {_said(report)}" for rule, reports in linted.items() for report in _each(reports)))


def _each(reports: Any) -> Iterable[Any]:
    return reports if isinstance(reports, list) else [reports]


def _said(report: Any) -> str:
    return f"{report['id']} {report['message']}"
