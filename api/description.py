"""The description of the interface (OpenAPI): errors are described as what they are, problem+json.

The words stand at the routes; here only what FastAPI cannot say by itself.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.problems import PROBLEM_MEDIA

_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def install(app: FastAPI) -> None:
    """Lets the application describe its errors with their own media type."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            _name_problems(plain())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _name_problems(schema: dict[str, Any]) -> None:
    operations = (one for path in schema["paths"].values() for one in path.values())
    for answer in (answer for one in operations for answer in one["responses"].values()):
        content = answer.get("content", {})
        if content.get("application/json", {}).get("schema") == _PROBLEM:
            answer["content"] = {PROBLEM_MEDIA: {"schema": _PROBLEM}}
