"""What the program of a stack deploys: one component that holds all of it, with its own AWS provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, TypeVar

import pulumi
import pulumi_aws as aws
from pydantic import ValidationError

from eks_blueprints.blueprint import aws_settings
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.core.aws_config import PLUGIN, Setting, argument, of_stack
from eks_blueprints.core.caller import Caller, caller, caller_of
from eks_blueprints.core.component import Component
from eks_blueprints.core.document import located
from eks_blueprints.core.errors import InputError, Problem, fail, problems_of
from eks_blueprints.core.references import of_deployment, resolve

A = TypeVar("A", bound=StackArgs)


class Stack(Component, Generic[A]):
    """All that one stack deploys.

    Its resources use their own AWS provider, for the stack's region and account, with its tags as default tags and all
    that the stack's settings `aws:...` say, unless `opts` gives one for the package `aws`.
    """

    Args: ClassVar[type[StackArgs]]
    """Spec class of the stack files that name this class."""

    args: A
    """What was asked for, as `prepare` left it."""

    def __init__(self, name: str, args: A, opts: pulumi.ResourceOptions | None = None) -> None:
        if not isinstance(args, self.Args):
            got = type(args).__name__
            raise pulumi.RunError(f"{name}: {type(self).__name__} takes {self.Args.__name__}; got {got}; give it those")
        self.args = args
        self.args = self._settled(name)
        self.origin = args.origin
        super().__init__(name, self.args, opts, iam=self.args.iam)
        with self._told(InputError):
            self._aws, self._caller = self._aws_provider(name)
            self._make(name)
        self.extend()
        self.register_outputs(self.outputs())

    def prepare(self) -> A:
        """The spec to build: what was asked for, `self.args`, or a changed copy, `self.args.but(...)`."""
        return self.args

    def _make(self, name: str) -> None:
        """Make the resources."""
        raise NotImplementedError

    def extend(self) -> None:
        """Add resources to what is made; give them `self.child()` as options."""

    def outputs(self) -> dict[str, Any]:
        """What the stack exports."""
        return {}

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child: this parent, and the stack's own AWS provider."""
        return pulumi.ResourceOptions.merge(super().child(**options), pulumi.ResourceOptions(providers=[self._aws]))

    def _settled(self, name: str) -> A:
        with self._told(InputError, ValidationError):
            doubts: list[Problem] = []
            args = resolve(self.prepare(), of_deployment, doubts)
            for doubt in located(doubts, self.args.origin) if self.args.origin else doubts:
                pulumi.log.warn(str(doubt))
            if wrong := [problem for problem in args.problems_named(name) if problem.severity == "error"]:
                raise InputError(wrong)
            return args

    @contextmanager
    def _told(self, *errors: type[InputError] | type[ValidationError]) -> Iterator[None]:
        """Give what is found wrong only now its line in the stack file, as all that was found before has."""
        origin = self.args.origin
        try:
            yield
        except errors as error:
            problems = error.problems if isinstance(error, InputError) else problems_of(error)
            told = InputError(located(problems, origin) if origin else problems)
            raise pulumi.RunError(str(told)) from told

    def _aws_provider(self, name: str) -> tuple[aws.Provider, Caller]:
        given = self.get_provider("aws:index:Provider")
        if isinstance(given, aws.Provider):
            if self.args.account is not None:
                do = "tell the provider, or remove account"
                fail(f"is for the platform's own AWS provider; got one in the options; {do}", "account")
            return given, caller_of(given)
        found = self._stack_settings()
        self.args = self.args.model_copy(update={"tags": aws_settings.tags(self.args, found)})
        said = aws_settings.told(self.args, found)
        plugin = {option: found[setting].value for setting, option in PLUGIN.items() if setting in found}
        opts = pulumi.ResourceOptions(parent=self, **plugin)
        told: Any = {argument(setting): value for setting, value in said.items()}
        return aws.Provider(f"{name}-aws", opts=opts, **told), caller(said)

    def _stack_settings(self) -> dict[str, Setting]:
        file = f"Pulumi.{pulumi.get_stack()}.yaml"
        found, problems = of_stack()
        problems += aws_settings.check(self.args, found, file)
        placed = [problem.at(file) if problem.path[0] == "config" else problem for problem in problems]
        for problem in placed:
            if problem.severity == "warning":
                pulumi.log.warn(str(problem), self)
        if wrong := [problem for problem in placed if problem.severity == "error"]:
            raise InputError(wrong)
        return found
