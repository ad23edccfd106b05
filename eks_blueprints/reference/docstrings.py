"""The docstrings that stand under fields: one text for the JSON Schema, the pages and `explain`."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import lru_cache
from typing import Any

from pydantic import BaseModel


@lru_cache
def field_docs(cls: type[BaseModel]) -> dict[str, str]:
    """The text under each field of a spec, those of its base classes included."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            docs |= _module_docs(base.__module__).get(base.__qualname__, {})
    return {name: text for name, text in docs.items() if name in cls.model_fields}


def class_doc(cls: type[Any]) -> str:
    """The docstring of a class, its indentation taken off."""
    return inspect.getdoc(cls) or "" if "__doc__" in vars(cls) else ""


@lru_cache
def _module_docs(module: str) -> dict[str, dict[str, str]]:
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError):
        return {}
    found: dict[str, dict[str, str]] = {}
    _visit(tree, "", found)
    return found


def _visit(node: ast.AST, prefix: str, found: dict[str, dict[str, str]]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            found[prefix + child.name] = _attributes(child)
            _visit(child, f"{prefix}{child.name}.", found)


def _attributes(node: ast.ClassDef) -> dict[str, str]:
    docs = {}
    for statement, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            docs[statement.target.id] = inspect.cleandoc(after.value.value)
    return docs
