"""What a platform's own AWS provider is told: its stack file, and the settings `aws:...` of its stack.

Both may say the same thing in the same words, or one of them alone. Where they differ, nothing is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from eks_blueprints.core import leaves
from eks_blueprints.core.aws_config import PLUGIN, Setting, account_of_role
from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.core.spec import is_known, is_output
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.blueprint.account import AccountArgs
    from eks_blueprints.blueprint.stack_spec import StackArgs

Settings = Mapping[str, Setting]


def check(args: StackArgs, found: Settings, file: str) -> Iterator[Problem]:
    """What the settings of a stack say against its stack file; `file` is what messages call the file that has them."""
    stack = _Stack(found, file)
    yield from _same(args, stack)
    yield from _accounts(args, stack)
    yield from _roles(args, stack)
    yield from _for_kubernetes(args, stack)
    yield from _tags(args, stack)


def told(args: StackArgs, found: Settings) -> dict[str, Any]:
    """What the provider is told, in the provider's own names; a secret is an Output."""
    said = {name: each.told for name, each in found.items() if name not in PLUGIN}
    said["region"] = args.region
    account = args.account
    if account is not None:
        if account.profile is not None:
            said["profile"] = account.profile
        if account.number is not None:
            said["allowedAccountIds"] = [account.number]
            said.pop("forbiddenAccountIds", None)
        if account.role_arn is not None:
            said |= _taken_on(account, found)
    if args.tags or "defaultTags" in said:
        said["defaultTags"] = _default_tags(args.tags, said.get("defaultTags"))
    return said


def tags(args: StackArgs, found: Settings) -> dict[str, str]:
    """The platform's tags: those of its stack file over the default tags of its stack, unless these are secret."""
    setting = found.get("defaultTags")
    if setting is None or setting.secret:
        return args.tags
    return _merged(setting.value, args.tags)


class _Stack:
    """The settings of a stack that can be read, and what may be shown of them."""

    def __init__(self, found: Settings, file: str) -> None:
        self.file = file
        self._found = found

    def get(self, name: str) -> Any:
        setting = self._found.get(name)
        return None if setting is None or setting.opaque else setting.value

    def shown(self, name: str, value: Any) -> str:
        return "a secret" if self._found[name].secret else shown(value)

    def acting_role(self) -> Iterator[tuple[str, Path, str]]:
        """The role that the settings lead to, and where it stands."""
        roles, web = self.get("assumeRoles"), self.get("assumeRoleWithWebIdentity")
        if roles and roles[-1].get("roleArn"):
            yield "assumeRoles", ("config", "aws:assumeRoles", len(roles) - 1, "roleArn"), roles[-1]["roleArn"]
        elif not roles and web and web.get("roleArn"):
            path = ("config", "aws:assumeRoleWithWebIdentity", "roleArn")
            yield "assumeRoleWithWebIdentity", path, web["roleArn"]


def _same(args: StackArgs, stack: _Stack) -> Iterator[Problem]:
    region, account = stack.get("region"), args.account
    if region is not None and region != args.region:
        got = f"{shown(args.region)} and {stack.shown('region', region)}"
        yield Problem(("region",), f"is not aws:region of {stack.file}; got {got}; use the same value in both")
    if account is None:
        return
    profile = stack.get("profile")
    if None not in (account.profile, profile) and profile != account.profile:
        got = f"{shown(account.profile)} and {stack.shown('profile', profile)}"
        yield Problem(("account", "profile"), f"is not aws:profile of {stack.file}; got {got}; set it once")
    roles = stack.get("assumeRoles")
    for field, name in (("role_arn", "roleArn"), ("session_name", "sessionName"), ("external_id", "externalId")):
        ours, theirs = getattr(account, field), roles[-1].get(name) if roles else None
        if None not in (ours, theirs) and is_known(ours) and ours != theirs:
            got = f"{shown(ours)} and {stack.shown('assumeRoles', theirs)}"
            what = f"is not {name} of aws:assumeRoles of {stack.file}"
            yield Problem(("account", field), f"{what}; got {got}; set it once")


def _accounts(args: StackArgs, stack: _Stack) -> Iterator[Problem]:
    allowed, forbidden = stack.get("allowedAccountIds"), stack.get("forbiddenAccountIds") or ()
    number = args.account.number if args.account is not None else None
    at = ("account", "id") if args.account is not None and args.account.id is not None else ("account", "role_arn")
    if number is not None and allowed and number not in allowed:
        got = f"{shown(number)} and {stack.shown('allowedAccountIds', allowed)}"
        yield Problem(at, f"is not one of aws:allowedAccountIds of {stack.file}; got {got}; use the same value in both")
    if number is not None and number in forbidden:
        got = shown(number)
        yield Problem(at, f"is one of aws:forbiddenAccountIds of {stack.file}; got {got}; remove one of them")
    if allowed and forbidden and number is None:
        what = "cannot be combined with aws:allowedAccountIds; got both"
        yield Problem(("config", "aws:forbiddenAccountIds"), f"{what}; keep one of them")
    for setting, path, arn in stack.acting_role():
        of, expected = account_of_role(arn), [number] if number is not None else allowed
        if of is not None and ((expected and of not in expected) or of in forbidden):
            do = f"name a role of {number}" if number is not None else "name a role of an account that is allowed"
            yield Problem(path, f"is a role of another account; got {stack.shown(setting, arn)}; {do}")


def _roles(args: StackArgs, stack: _Stack) -> Iterator[Problem]:
    for index, role in enumerate(stack.get("assumeRoles") or ()):
        if not role.get("roleArn"):
            yield Problem(("config", "aws:assumeRoles", index, "roleArn"), "is required; got nothing; add it")
    try:
        partition = zones.partition(args.region)
    except ValueError:  # told at the region
        return
    for setting, path, arn in stack.acting_role():
        if arn.startswith("arn:") and arn.split(":")[1] != partition:
            what = f"is a role of another partition than {args.region}, {partition}"
            yield Problem(path, f"{what}; got {stack.shown(setting, arn)}; name a role there")


def _for_kubernetes(args: StackArgs, stack: _Stack) -> Iterator[Problem]:
    """What the AWS CLI cannot do, which gets the tokens for Kubernetes."""
    chosen = args.kubeconfig
    if chosen is None or chosen.profile is not None:
        return
    do = "set cluster.kubeconfig.profile to a profile that does the same"
    roles, web = stack.get("assumeRoles") or (), stack.get("assumeRoleWithWebIdentity") or {}
    if chosen.role_arn is None and len(roles) > 1:
        what = "assumes roles one after the other, but the AWS CLI assumes the last one directly"
        message = f"{what}; got {len(roles)} roles; let the trust policy of the last allow that, or {do}"
        yield _doubt(message, "aws:assumeRoles")
    if chosen.role_arn is None and roles and roles[-1].get("externalId"):
        what = "cannot be sent by the AWS CLI, which gets the tokens for Kubernetes; got one"
        yield _doubt(f"{what}; {do}", "aws:assumeRoles", len(roles) - 1, "externalId")
    if web.get("webIdentityToken"):
        what = "cannot be given to the AWS CLI, which gets the tokens for Kubernetes; got one"
        yield _doubt(f"{what}; use webIdentityTokenFile, or {do}", "aws:assumeRoleWithWebIdentity", "webIdentityToken")


def _tags(args: StackArgs, stack: _Stack) -> Iterator[Problem]:
    count = len({*args.tags, *(stack.get("defaultTags") or {}).get("tags", {})})
    if count > leaves.TAGS_PER_RESOURCE:
        what = f"are more than {leaves.TAGS_PER_RESOURCE} tags together with aws:defaultTags of {stack.file}"
        yield Problem(("tags",), f"{what}; got {count}; remove some")


def _doubt(message: str, *path: str | int) -> Problem:
    return Problem(("config", *path), message, severity="warning")


def _taken_on(account: AccountArgs, found: Settings) -> dict[str, Any]:
    """The roles that are taken on where the stack file names the last one."""
    roles, web = found.get("assumeRoles"), found.get("assumeRoleWithWebIdentity")
    fields = {"roleArn": account.role_arn, "sessionName": account.session_name, "externalId": account.external_id}
    given = {name: value for name, value in fields.items() if value is not None}
    if roles is not None and roles.opaque:
        return {}
    if roles is not None and roles.value:
        merged = [*roles.value[:-1], roles.value[-1] | given]
        return {"assumeRoles": replace(roles, value=merged).told}
    if web is not None and not web.opaque and web.value.get("roleArn") == account.role_arn:
        return {}
    return {"assumeRoles": [given]}


def _default_tags(ours: Mapping[str, str], theirs: Any) -> Any:
    if is_output(theirs):
        return theirs.apply(lambda found: {"tags": _merged(found, ours)})
    return {"tags": _merged(theirs, ours)}


def _merged(default: Any, ours: Mapping[str, str]) -> dict[str, str]:
    theirs = default.get("tags", {}) if isinstance(default, Mapping) else {}
    return dict(sorted({**theirs, **ours}.items()))
