"""What all triggers of KEDA have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Spec

_REGION = Form(r"[a-z]{2}(-[a-z]+)+-\d", what="is not a region", do="write it like eu-west-1")
Region = Annotated[str, AfterValidator(_REGION)]
Right = tuple[tuple[str, ...], str]
"""Actions of AWS, and what they are done on."""


class Trigger(Spec):
    """What all triggers have."""

    scaler: ClassVar[str]
    """What KEDA calls it."""
    of_aws: ClassVar[bool] = False
    """Whether it asks AWS, as KEDA's operator or with another role."""

    authentication: str | None = None
    """Name of an entry of `authentications`. Default: none, or for AWS the role of KEDA's operator."""

    metadata: dict[str, str] = {}
    """Further metadata with KEDA's own names."""

    @property
    def said(self) -> dict[str, Any]:
        """Its metadata in KEDA's words, besides those that are written as such."""
        raise NotImplementedError

    def rights(self, partition: str) -> Iterator[Right]:
        """What whoever asks has to be allowed in AWS."""
        return iter(())

    def manifest(self, name: str) -> dict[str, Any]:
        """It as KEDA writes it; the metric is called by its name."""
        words = {key: as_text(each) for key, each in self.said.items() if each is not None}
        return {"type": self.scaler, "name": name, "metadata": {**words, **self.metadata}}


def as_text(value: Any) -> Any:
    """A value as KEDA reads it from a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, ".15g") if isinstance(value, float) else str(value) if isinstance(value, int) else value
