"""The AWS provider's part of the protocol: checks, defaults, diffs, previews, and calls into the service rules."""

from __future__ import annotations

import importlib.metadata
import ipaddress
import json
import os
import re
from typing import Any

from .. import diffs, wire
from ..account import Row
from ..base import Diff, NotFoundError, Outputs, Provider, ServiceError
from ..checks import Failure, check_fields, check_provider
from ..tables import Tables
from ..wire import UNKNOWN
from . import delivery, ec2, eks, facts, functions, iam, others  # noqa: F401 - delivery registers its rules
from .rules import ACCOUNT_ID, CALLER, CREATES, DELETES, UPDATES, Context

NO_TAGS_FROM_PROVIDER = {"aws:autoscaling/group:Group"}


class AwsProvider(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.tables = Tables("pulumi_aws")
        self.version = importlib.metadata.version("pulumi-aws")
        self.region: Any = None
        self.default_tags: Any = {}
        self.account_id = ACCOUNT_ID
        self.caller = CALLER

    # Configuration ----------------------------------------------------------------------------------------------

    def check_config(self, news: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        failures = check_provider(self.tables, news)
        self.tables.save()
        if not (news.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")):
            failures.append(("region", "Missing region information: set aws:region, AWS_REGION or the region argument"))
        return news, failures

    def diff_config(self, olds: dict[str, Any], news: dict[str, Any]) -> Diff:
        diff = super().diff_config(olds, news)
        # pulumi-aws: another region is another provider, and all that is managed with it goes along.
        if "region" in diff.kinds and olds.get("region") and news.get("region"):
            diff.kinds["region"] = "update-replace"
        return diff

    def configure(self) -> None:
        config = {key: _opened(value) for key, value in self.config.items()}
        region = config.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        self.region = region
        tags = config.get("defaultTags") or {}
        self.default_tags = UNKNOWN if tags is UNKNOWN else tags.get("tags", {})
        self.caller = _caller(config)
        self.account_id = self.caller.split(":")[4]
        self._check_account(config)

    def _check_account(self, config: dict[str, Any]) -> None:
        """As the real one does before it takes any call, in a preview too (internal/conns.Config.ConfigureProvider)."""
        allowed, forbidden = config.get("allowedAccountIds"), config.get("forbiddenAccountIds")
        outside = isinstance(allowed, list) and not wire.has_unknown(allowed) and self.account_id not in allowed
        if outside or (isinstance(forbidden, list) and self.account_id in forbidden):
            raise ServiceError("InvalidAccount", f"AWS account ID not allowed: {self.account_id}")

    # Check ------------------------------------------------------------------------------------------------------

    def check(
        self, type: str, name: str, olds: dict[str, Any], news: dict[str, Any], seed: bytes
    ) -> tuple[dict[str, Any], list[Failure]]:
        table = self.tables.resource(type)
        if table is None:
            return news, [("", f"unknown resource type {type}")]
        inputs = dict(news)
        failures = self._autoname(type, name, olds, inputs, seed)
        failures += check_fields(self.tables, table["inputs"], inputs)
        self.tables.save()
        failures += [f for key, value in inputs.items() for f in _formats(type, key, value)]
        failures += _name(type, inputs) + _tags(inputs.get("tags"))
        return inputs, failures

    def _autoname(
        self, type: str, name: str, olds: dict[str, Any], inputs: dict[str, Any], seed: bytes
    ) -> list[Failure]:
        """Fill in the physical name, keep the one given before, and say in `__defaults` that it was filled in."""
        inputs["__defaults"] = []
        fields = (self.tables.resource(type) or {})["inputs"]
        prop = facts.AUTONAMED.get(type, "name")
        if prop not in fields or type in facts.NOT_AUTONAMED or fields[prop][1]:
            return []
        if inputs.get(prop) is not None or any(inputs.get(f"{p}Prefix") is not None for p in (prop, "name", "bucket")):
            return []
        if prop in (olds.get("__defaults") or []) and olds.get(prop):
            inputs[prop] = olds[prop]
        else:
            longest = facts.NAME_LENGTHS.get(type, 255)
            prefix = f"alias/{name}" if type == others.ALIAS else name
            if len(prefix) + 8 > longest:
                return [(prop, f"name '{prefix}' plus 8 random chars is longer than maximum length {longest}")]
            inputs[prop] = f"{prefix}-{(seed.hex() or '0' * 7)[:7]}"
            if type == others.QUEUE and inputs.get("fifoQueue"):
                inputs[prop] += ".fifo"
            if type == others.BUCKET:
                inputs[prop] = inputs[prop].lower()
        inputs["__defaults"] = [prop]
        return []

    # Diff and previews ------------------------------------------------------------------------------------------

    def diff(self, type: str, old_inputs: dict[str, Any], olds: Outputs, news: dict[str, Any]) -> Diff:
        table = self.tables.resource(type) or {"inputs": {}, "outputs": {}}
        result = Diff()
        force_new = (*facts.FORCE_NEW.get(type, ("name", "namePrefix")), "region")
        for path, kind in diffs.changes(old_inputs, news, _unordered):
            top = path.split(".")[0].split("[")[0]
            old, new = old_inputs.get(top), news.get(top)
            if kind == "delete" and path == top and table["outputs"].get(top, (None, False))[1]:
                continue  # the service keeps its own value
            if kind == "add" and (given := _at(news, path)) is not None and _at(olds, path) == given:
                continue  # says what is so already
            default = facts.DEFAULTS.get(type, {}).get(top)
            if default is not None and path == top and default in (old, new) and None in (old, new):
                continue
            if top in facts.JSON_PROPERTIES and _same_json(old, new):
                continue
            replace = any(diffs.covers(rule, path) for rule in force_new)
            if type == eks.CLUSTER and top == "encryptionConfig" and old is None:
                replace = False  # may be added later, never changed
            if type == eks.CLUSTER and top == "vpcConfig" and path.endswith("controlPlaneEgressMode"):
                replace = old is not None and old.get("controlPlaneEgressMode") == "CUSTOMER_ROUTED"
            result.kinds[path] = f"{kind}-replace" if replace else kind
        if "tagsAll" in table["outputs"] and type not in NO_TAGS_FROM_PROVIDER:
            tags = self._all_tags(news)
            if tags != olds.get("tagsAll", {}) and not any(path.startswith("tags") for path in result.kinds):
                result.kinds["tagsAll"] = "update"
        prop = facts.AUTONAMED.get(type, "name")
        autonamed = prop in (news.get("__defaults") or [])
        if prop in news and not autonamed and old_inputs.get(prop) == news[prop]:
            result.delete_first = True  # two things of one name cannot be there at once
        return result

    def preview_create(self, type: str, inputs: dict[str, Any]) -> Outputs:
        table = self.tables.resource(type) or {"outputs": {}}
        outputs = self._echo(inputs)
        for key, (_, always) in table["outputs"].items():
            if key not in outputs and always and key not in ("urn", "id"):
                outputs[key] = UNKNOWN
        for key, nested in facts.COMPUTED_NESTED.get(type, {}).items():
            if isinstance(outputs.get(key), dict):
                outputs[key] = {**dict.fromkeys(nested, UNKNOWN), **outputs[key]}
        return self._placed(table["outputs"], inputs, outputs)

    def preview_update(self, type: str, olds: Outputs, old_inputs: dict[str, Any], inputs: dict[str, Any]) -> Outputs:
        table = self.tables.resource(type) or {"outputs": {}}
        kept = {
            key: value for key, value in olds.items() if key not in old_inputs or table["outputs"].get(key, (0, 0))[1]
        }
        outputs = {**kept, **self._echo(inputs)}
        for key, nested in facts.COMPUTED_NESTED.get(type, {}).items():
            if isinstance(outputs.get(key), dict) and isinstance(olds.get(key), dict):
                outputs[key] = {**{n: olds[key][n] for n in nested if n in olds[key]}, **outputs[key]}
        ignored = ("tags", "updateDefaultVersion", "defaultVersion", "__defaults")
        if type == ec2.TEMPLATE and any(
            old_inputs.get(key) != inputs.get(key) for key in {*old_inputs, *inputs} if key not in ignored
        ):
            outputs["latestVersion"] = UNKNOWN
            if inputs.get("updateDefaultVersion"):
                outputs["defaultVersion"] = UNKNOWN
        if type == eks.ADDON:
            outputs["modifiedAt"] = UNKNOWN
        return self._placed(table["outputs"], inputs, outputs)

    def _echo(self, inputs: dict[str, Any]) -> Outputs:
        outputs = {key: value for key, value in inputs.items() if key != "__defaults"}
        for key in facts.JSON_PROPERTIES & outputs.keys():
            if isinstance(outputs[key], dict) and not wire.has_unknown(outputs[key]):
                outputs[key] = json.dumps(outputs[key])
        return outputs

    def _placed(self, fields: dict[str, Any], inputs: dict[str, Any], outputs: Outputs) -> Outputs:
        """Region and tags, which the provider itself knows."""
        if "region" in fields and not inputs.get("region") and self.region:
            outputs["region"] = self.region
        if "tagsAll" in fields:
            outputs["tagsAll"] = self._all_tags(inputs)
        return outputs

    def _all_tags(self, inputs: dict[str, Any]) -> Any:
        tags = inputs.get("tags") or {}
        if tags is UNKNOWN or self.default_tags is UNKNOWN or not isinstance(tags, dict):
            return UNKNOWN
        return {**self.default_tags, **tags}

    # Create, read, update, delete -------------------------------------------------------------------------------

    def context(self, type: str, inputs: dict[str, Any] | None = None) -> Context:
        region = (inputs or {}).get("region") or self.region
        if not isinstance(region, str):
            raise ServiceError("MissingRegion", "an AWS region is required, but was not found")
        return Context(self.account, region, type, account_id=self.account_id, caller=self.caller)

    def _scope(self, ctx: Context) -> str:
        return "global" if ctx.type.split(":")[1].split("/")[0] in facts.GLOBAL_SERVICES else ctx.region

    def create(self, type: str, name: str, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        ctx = self.context(type, inputs)
        table = self.tables.resource(type) or {"outputs": {}}
        given = self._echo(inputs)
        prop = facts.AUTONAMED.get(type, "name")
        if prop not in given and given.get(f"{prop}Prefix"):
            given[prop] = f"{given[f'{prop}Prefix']}{self.account.count('prefix'):026d}"
        if type in CREATES:
            id, extra = CREATES[type](ctx, given)
        else:
            id, extra = self._generic(ctx, type, given)
        outputs = self._placed(table["outputs"], inputs, {**given, **extra})
        for key, (kind, always) in table["outputs"].items():
            if always and outputs.get(key) is None and key not in ("id", "urn"):
                outputs[key] = self._invented(ctx, type, id, key, kind)
        self.account.add(Row(id, type, self._scope(ctx), inputs, {**outputs, "id": id}))
        self.tables.save()
        return id, outputs

    def _generic(self, ctx: Context, type: str, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        """A type without rules of its own: an id, and outputs invented from its annotations."""
        short = type.rsplit(":", 1)[-1].lower()
        return str(inputs.get("name") or ctx.new_id(short)), {}

    def _invented(self, ctx: Context, type: str, id: str, key: str, kind: Any) -> Any:
        service = type.split(":")[1].split("/", maxsplit=1)[0]
        if kind == "str":
            if key == "arn" or key.endswith("Arn"):
                return ctx.arn(service, f"{type.rsplit(':', 1)[-1].lower()}/{id}")
            return id if key in ("name", "uniqueId") else ""
        if isinstance(kind, str):
            return {"bool": False, "int": 0, "float": 0.0}.get(kind)
        ((form, inner),) = kind.items()
        if form == "object":
            fields = self.tables.object(inner)["fields"]
            return {k: self._invented(ctx, type, id, k, t) for k, (t, required) in fields.items() if required}
        return [] if form == "list" else {} if form == "map" else None

    def read(self, type: str, id: str) -> tuple[dict[str, Any], Outputs] | None:
        ctx = self.context(type)
        row = self.account.find(type, id, self._scope(ctx)) or self.account.find(type, id)
        if row is None:
            return None
        return row.inputs, {key: value for key, value in row.outputs.items() if key != "id"}

    def update(self, type: str, id: str, olds: Outputs, inputs: dict[str, Any]) -> Outputs:
        ctx = self.context(type, inputs)
        row = self.account.find(type, id, self._scope(ctx))
        if row is None:
            raise ServiceError("ResourceNotFoundException", f"no {type} {id} to update")
        table = self.tables.resource(type) or {"outputs": {}}
        given = self._echo(inputs)
        if type == iam.ROLE and "forceDetachPolicies" not in given:
            row.outputs.pop("forceDetachPolicies", None)
        extra = UPDATES[type](ctx, row, given) if type in UPDATES else {}
        kept = {k: v for k, v in row.outputs.items() if k not in row.inputs or table["outputs"].get(k, (0, 0))[1]}
        row.outputs = self._placed(table["outputs"], inputs, {**kept, **given, **extra})
        row.inputs = inputs
        self.account.save(row)
        return {key: value for key, value in row.outputs.items() if key != "id"}

    def delete(self, type: str, id: str, olds: Outputs) -> None:
        ctx = self.context(type, olds)
        row = self.account.find(type, id, self._scope(ctx))
        if row is None:
            raise NotFoundError(f"no {type} {id}")
        self.account.remove(row)  # before the rules: a service may leave a thing of the same name behind
        if type in DELETES:
            DELETES[type](ctx, row)

    def invoke(self, token: str, args: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        table = self.tables.function(token)
        if table is None:
            return {}, [("", f"unknown function {token}")]
        self.tables.save()
        failures = check_fields(self.tables, table["args"], args, aliases=table["python"] or {"": ""})
        if failures:
            return {}, failures
        return functions.call(self.context(token, args), token, args), []


def _caller(config: dict[str, Any]) -> str:
    """Who acts: the role that is taken on last, or else the user whose keys or profile are used."""
    roles, web = config.get("assumeRoles"), config.get("assumeRoleWithWebIdentity")
    if isinstance(roles, list) and roles:
        return str(roles[-1].get("roleArn"))
    if isinstance(web, dict):
        return str(web.get("roleArn"))
    name = config.get("accessKey") or config.get("profile")
    return f"arn:aws:iam::{ACCOUNT_ID}:user/{name}" if isinstance(name, str) else CALLER


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _opened(value: Any) -> Any:
    """Nested provider arguments travel as JSON text."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        if wire.UNKNOWN_SENTINEL in value:
            return UNKNOWN
        try:
            return json.loads(value)
        except ValueError:
            return value
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _unordered(path: str) -> bool:
    bare = re.sub(r"\[\d+\]", "", path)
    return bare in facts.UNORDERED or bare.rsplit(".", 1)[-1] in facts.UNORDERED


def _same_json(old: Any, new: Any) -> bool:
    def value(text: Any) -> Any:
        return json.loads(text) if isinstance(text, str) else text

    try:
        return old is not None and new is not None and bool(value(old) == value(new))
    except ValueError:
        return False


def _formats(type: str, path: str, value: Any) -> list[Failure]:
    """ARNs, CIDRs, JSON, closed lists and ranges, wherever in the arguments they are."""
    if value is UNKNOWN or value is None:
        return []
    if isinstance(value, dict) and not (path in facts.JSON_PROPERTIES or path == "tags"):
        return [f for key, item in value.items() for f in _formats(type, f"{path}.{key}", item)]
    if isinstance(value, list):
        return [f for item in value for f in _formats(type, f"{path}[]", item)]
    last = path.rsplit(".", 1)[-1].removesuffix("[]")
    allowed = facts.ENUMS.get((type, path))
    if allowed and value not in allowed:
        return [(path, f"expected {path} to be one of {list(allowed)}, got {value}")]
    low_high = facts.RANGES.get((type, path))
    if low_high and isinstance(value, int | float) and not low_high[0] <= value <= low_high[1]:
        return [(path, f"expected {path} to be in the range ({low_high[0]} - {low_high[1]}), got {value}")]
    if path == "retentionInDays" and type == eks.LOG_GROUP and value not in facts.RETENTION_DAYS:
        return [(path, f"expected retentionInDays to be one of {sorted(facts.RETENTION_DAYS)}, got {value}")]
    if not isinstance(value, str):
        return []
    if last.endswith(facts.ARN_SUFFIXES) and value and not facts.ARN.match(value):
        return [(path, f"({value}) is an invalid ARN")]
    if re.fullmatch(r"(\w*c|C)idr(Block|Blocks|s|Ipv4|Ipv6)?|\w+Cidrs?|\w+CidrBlocks?", last) and value:
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            return [(path, f'"{value}" is not a valid CIDR block: {error}')]
    if last in facts.JSON_PROPERTIES and value and not (last == "configurationValues" or path != last):
        try:
            json.loads(value)
        except ValueError as error:
            return [(path, f"contains an invalid JSON policy: {error}")]
    return []


def _name(type: str, inputs: dict[str, Any]) -> list[Failure]:
    prop = facts.AUTONAMED.get(type, "name")
    value = inputs.get(prop)
    if not isinstance(value, str):
        return []
    longest = facts.NAME_LENGTHS.get(type)
    if longest and len(value) > longest:
        return [(prop, f"expected length of {prop} to be in the range (1 - {longest}), got {value} ({len(value)})")]
    pattern = facts.NAME_PATTERNS.get(type)
    if pattern and not re.fullmatch(pattern, value):
        return [(prop, f'invalid value for {prop} "{value}": must match {pattern}')]
    return []


def _tags(tags: Any) -> list[Failure]:
    if not isinstance(tags, dict):
        return []
    failures = []
    if len(tags) > 50:
        failures.append(("tags", f"at most 50 tags, got {len(tags)}"))
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            failures.append((f"tags.{key}", "the prefix aws: is reserved"))
        if len(key) > 128 or (isinstance(value, str) and len(value) > 256):
            failures.append((f"tags.{key}", "a key has at most 128 characters and a value 256"))
    return failures
