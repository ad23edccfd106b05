"""Forms of what repositories of source code are called by."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.form import Form

# Source: git-check-ref-format, the rules that hold for one branch.
branch = Form(
    r"(?!.*(\.\.|//|@\{|\.lock$|/$|\.$))(?![-/.])[^\x00-\x20\x7f~^:?*\[\\]{1,244}",
    what="is not a valid name of a branch",
    do="write one such as main or release/1.2",
)
_URL = Form(
    r"(https://(?!.*@)[\w.-]+(:\d+)?/[\w./~-]+|ssh://[\w-]+@[\w.-]+(:\d+)?/[\w./~-]+|[\w-]+@[\w.-]+:[\w./~-]+)",
    what="is not the URL of a Git repository",
    do="write https://github.com/acme/web.git without a user or token, or git@github.com:acme/web.git",
)
_PATH = Form(
    r"(?!/)(?!.*(^|/)\.\.(/|$))[\w./@+=-]{1,512}",
    what="is not a path within a repository",
    do="write it from the root of the repository, such as clusters/prod",
)
_GLOB = Form(
    r"(?!/)[^\x00-\x1f\x7f]{1,255}",
    what="is not a pattern for paths or names",
    do="write one such as src/** or release/*",
)

_TAG = Form(
    r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}",
    what="is not a tag of an image",
    do="use up to 128 letters, digits and ._-",
)

Branch = Annotated[str, AfterValidator(branch)]
GitUrl = Annotated[str, AfterValidator(_URL)]
RepositoryPath = Annotated[str, AfterValidator(_PATH)]
Glob = Annotated[str, AfterValidator(_GLOB)]
Tag = Annotated[str, AfterValidator(_TAG)]
