"""The base of every spec: a frozen value that says everything, makes nothing and loads without pulumi.

A leaf that is merely passed on to a provider may be typed `In[T]`: a plain `T`, a `pulumi.Output[T]`, or in a stack
file one of `{config: key}`, `{secret: key}`, `{stack: name, output: key}` and, for an element of an output that is a
list, `{stack: name, output: key, index: 0}`. What decides which resources exist is never `In`, so that a preview always
knows the whole set; a whole list from another stack is `Several[T]` and says how long it is (`count`). Every other list
is `Many[T]`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from eks_blueprints.core.errors import REFERENCE_KEYS, Faults, shown
from eks_blueprints.core.late_specs import is_late, late_schema, name_of, whole_schema
from eks_blueprints.core.peers import unknown_field

if TYPE_CHECKING:
    from pulumi import Output
    from pydantic.json_schema import JsonSchemaValue

T = TypeVar("T")


_BUILT: ContextVar[type | None] = ContextVar("_BUILT", default=None)
"""The spec whose schema is being built; those that its fields name are built when they read something."""


class Spec(BaseModel):
    """A frozen, validated value; unknown keys are refused and scalars are never guessed from other types."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, validate_default=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if _BUILT.get() not in (None, cls):
            return late_schema(name_of(cls), lambda: cls)
        token = _BUILT.set(cls)
        try:
            schema = handler(source)
        finally:
            _BUILT.reset(token)
        _make_scalars_strict(schema, cls)
        return schema

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(whole_schema(cls) if is_late(schema) else schema)

    @model_validator(mode="wrap")
    @classmethod
    def _name_unknown_keys(cls, value: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validate(value)
        except ValidationError as error:
            faults = Faults()
            faults.nest((), error, lambda name: unknown_field(name, cls, cls.model_fields))
            faults.raise_if_any()
            raise

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """What to write for a field that this spec does not have; None where the nearest field is the best answer."""
        return None

    def but(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated as if it had been written so.

        Raises:
            ValidationError: if the result is not valid.
        """
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self).model_validate(fields | changes)


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that a stack file names instead of giving: from config, a secret, or another stack's output."""

    config: str | None = None
    secret: str | None = None
    stack: str | None = None
    output: str | None = None
    key: str | None = None
    """Which value of an output that is a mapping."""
    index: int | None = None
    """Which element, counted from 0, of an output that is a list."""
    count: int | None = None
    """How many elements that list must have; None where that is not said."""
    read: Callable[[Any], Any] | None = None
    """Validates what was found against the type of the field."""
    open: bool = False
    """Whether it stands in somebody else's schema, in which a mapping may only look like a reference."""

    @classmethod
    def parse(cls, value: Any, read: Callable[[Any], Any] | None = None) -> Reference | None:
        """The reference that a mapping spells, or None if it is not a reference.

        Raises:
            ValueError: if it has a reference's keys but not texts as their values.
        """
        if not isinstance(value, Mapping) or set(value) not in REFERENCE_KEYS:
            return None
        texts = [text for key, text in value.items() if key != "index"]
        if not all(isinstance(text, str) and text for text in texts):
            raise ValueError(f"a reference names its source in text; got {shown(dict(value))}; write {{config: key}}")
        index = value.get("index", 0)
        if type(index) is not int or index < 0:
            raise ValueError(f"has no usable index; got {shown(index)}; count elements from 0")
        _check_output_name(value)
        return cls(**value, read=read)

    def __str__(self) -> str:
        if self.stack is not None:
            parts = {"key": self.key, "index": self.index}
            part = "".join(f", {name}: {value}" for name, value in parts.items() if value is not None)
            return f"{{stack: {self.stack}, output: {self.output}{part}}}"
        return f"{{secret: {self.secret}}}" if self.secret is not None else f"{{config: {self.config}}}"


class _MayBeOutput:
    """Lets Outputs and references through and validates everything else as the annotated type."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler(source)
        _make_scalars_strict(inner)

        def validate(value: Any, validate_plain: core_schema.ValidatorFunctionWrapHandler) -> Any:
            if is_output(value) or isinstance(value, Reference):
                return value
            return Reference.parse(value, validate_plain) or validate_plain(value)

        return core_schema.no_info_wrap_validator_function(
            validate,
            inner,
            serialization=core_schema.plain_serializer_function_ser_schema(_serialize, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema["schema"]), {"x-reference": True}]}


if TYPE_CHECKING:
    In: TypeAlias = T | Output[T]
else:

    class In:
        """`In[T]`: a `T`, an `Output[T]`, or a reference of a stack file."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[item, _MayBeOutput()]


def _check_output_name(reference: Mapping[str, Any]) -> None:
    """Outputs are looked up by their whole names: `ids[0]` is not the first element of `ids`."""
    output = str(reference.get("output", ""))
    if "[" not in output:
        return
    name, _, rest = output.partition("[")
    do = "export that part under a name of its own"
    if rest.removesuffix("]").isdigit() and rest.endswith("]") and "index" not in reference:
        do = f"write {{stack: {reference['stack']}, output: {name}, index: {int(rest[:-1])}}}"
    elif rest.count("]") == 1 and rest.endswith("]") and "key" not in reference:
        key = rest[:-1].strip("\"'")
        do = f"write {{stack: {reference['stack']}, output: {name}, key: {key}}}"
    what = "names an output that a stack cannot have: it is looked up by its whole name"
    raise ValueError(f"{what}; got {shown(output)}; {do}")


def _spread(value: Any) -> Any:
    """A list output of another stack, as that many references to its elements."""
    if is_output(value):
        raise ValueError(f"needs a list whose length is known; got an Output; {_ONE_BY_ONE}")
    if not isinstance(value, Mapping) or not {"stack", "output"} <= set(value) <= {"stack", "output", "key", "count"}:
        return value
    count = value.get("count")
    source = {name: given for name, given in value.items() if name != "count"}
    if "count" not in value:
        written = ", ".join(f"{name}: {given}" for name, given in source.items())
        do = f"write {{{written}, count: 3}} with the number there are"
        raise ValueError(
            f"needs the number of elements, which decides which resources exist; got {shown(source)}; {do}"
        )
    if type(count) is not int or not 1 <= count <= _MOST_ELEMENTS:
        raise ValueError(f"has no usable count; got {shown(count)}; write how many elements the output has")
    Reference.parse(source)
    return [Reference(**source, index=index, count=count) for index in range(count)]


_MOST_ELEMENTS = 100
_ONE_BY_ONE = (
    "use its elements one by one, such as (found.ids[0], found.ids[1]), so that it is known how many there are"
)


class _OneOrMany:
    """Reads one value alone as a list of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        listed = core_schema.no_info_before_validator_function
        return listed(lambda value: value if isinstance(value, list | tuple) else [value], handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        several = handler(schema["schema"])
        return {"anyOf": [*several["items"]["anyOf"], several]}


class _ManyMayBeOutput:
    """Reads `{stack, output, count}` as a list of references, before what is listed is validated."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_spread, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema["schema"]), {"x-references": True}]}


if TYPE_CHECKING:
    Many: TypeAlias = Sequence[T]
    Several: TypeAlias = Sequence[T | Output[T]]
    OneOrMany: TypeAlias = T | Output[T] | Sequence[T | Output[T]]
else:

    class Many:
        """`Many[T]`: a tuple of `T`; for a type checker whatever list or tuple it may be made of."""

        def __class_getitem__(cls, item: Any) -> Any:
            return tuple[item, ...]

    class Several:
        """`Several[T]`: a list of `In[T]`, or in a stack file a list output of another stack with its `count`."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[tuple[In[item], ...], _ManyMayBeOutput()]

    class OneOrMany:
        """`OneOrMany[T]`: a list of `In[T]`, for which one alone may be written; read as a tuple."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[tuple[In[item], ...], _OneOrMany()]


def is_output(value: Any) -> bool:
    """Whether a value is a pulumi Output, without importing pulumi for the question."""
    module = sys.modules.get("pulumi.output")
    return module is not None and isinstance(value, module.Output)


def is_known(value: Any) -> bool:
    """Whether an `In` leaf holds a plain value, so that a check can look at it."""
    return not is_output(value) and not isinstance(value, Reference)


def kind_of(cls: type) -> str:
    """The name of a spec class as it is written in stack files: `EbsCsiDriver` is `ebs_csi_driver`."""
    return kind_name(cls.__name__)


def kind_name(class_name: str) -> str:
    """The same by the class's name."""
    words = "".join(f"_{c.lower()}" if c.isupper() else c for c in class_name)
    return words.lstrip("_")


def _serialize(value: Any) -> Any:
    if is_output(value):
        return "<output>"
    return str(value) if isinstance(value, Reference) else value


def _make_scalars_strict(schema: Any, of: type | None = None) -> None:
    # In pydantic's lax mode `true` is a valid whole number and "yes" a valid boolean; in a stack file each is a slip.
    # Strict mode for whole models would also refuse the mappings and lists that YAML gives.
    if isinstance(schema, dict):
        if schema.get("type") == "model" and schema["cls"] is not of and issubclass(schema["cls"], Spec):
            return  # it has done so for its own fields
        if schema.get("type") in ("int", "bool", "float", "str"):
            schema["strict"] = True
        for value in schema.values():
            if isinstance(value, dict | list):
                _make_scalars_strict(value, of)
    elif isinstance(schema, list):
        for value in schema:
            _make_scalars_strict(value, of)
