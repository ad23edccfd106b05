"""What every stack says, whatever it deploys: where, in whose account, with which tags and roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import PrivateAttr, model_validator

from eks_blueprints.blueprint.account import AccountArgs
from eks_blueprints.cluster.parts import KubeconfigArgs
from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Tags
from eks_blueprints.core.role_spec import IamArgs
from eks_blueprints.core.spec import Spec

STACK_NAME = Form(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""Names of stacks that the names of resources can begin with."""


class StackArgs(Spec):
    """Where a stack is deployed, and what holds for all of its resources."""

    region: str
    """AWS region, such as `eu-west-1`. All resources of the platform are created in it."""

    account: AccountArgs | None = None
    """The AWS account it is for, and who deploys it. Default: the stack's settings `aws:...`, or else the account of
    the credentials that deploy.
    """

    tags: Tags = {}
    """Tags of every AWS resource of the platform; a part's own tags take precedence over them, and they over
    `aws:defaultTags` of the stack's settings.
    """

    iam: IamArgs = IamArgs()
    """Settings for every IAM role that is created: how names begin, path, permissions boundary, tags."""

    _origin: Document | None = PrivateAttr(default=None)
    _warnings: tuple[Problem, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        found = list(dict.fromkeys(self._problems()))
        for problem in found:
            if problem.severity == "error":
                faults.add(problem.path, problem.message)
        faults.raise_if_any()
        self._warnings = tuple(problem for problem in found if problem.severity == "warning")
        return self

    def _problems(self) -> Iterator[Problem]:
        """What is wrong or doubtful between its parts."""
        raise NotImplementedError

    def problems_named(self, name: str) -> Iterator[Problem]:
        """What is wrong when its name and references are known: what is left when it has been validated."""
        if not STACK_NAME.fullmatch(name):
            do = "use up to 100 letters, digits and - _ ., with a letter or digit first"
            message = f"needs a name of the stack that its resources' names can begin with; got {shown(name)}; {do}"
            yield Problem((), message)

    @property
    def kubeconfig(self) -> KubeconfigArgs | None:
        """How its program gets tokens for Kubernetes; None where it deploys nothing to a cluster."""
        return None

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed but doubtful about it."""
        return self._warnings

    @property
    def origin(self) -> Document | None:
        """The stack file this was read from ; None for one written in Python."""
        return self._origin

    def but(self, **changes: object) -> Self:
        """A copy with some fields changed; see `Spec.but`. It remembers the stack file."""
        changed = super().but(**changes)
        changed._origin = self._origin
        return changed
