"""The rules as policies of Pulumi's engine (CrossGuard).

    pulumi preview --policy-pack $(eks-blueprints policy path)

Only this module knows pulumi-policy, and imports it when a pack is made: the package is optional, because it holds on
to an old protobuf. What a rule says is the same as offline; what the engine does not know in a preview is undetermined.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from eks_blueprints.core import clock
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.definition import PROFILES, Rule
from eks_blueprints.policies.inside import ASKED as INSIDE
from eks_blueprints.policies.own import load
from eks_blueprints.policies.platform import CHARTS
from eks_blueprints.policies.report import Finding
from eks_blueprints.policies.settings import Judgement, RuleSetting, read_settings
from eks_blueprints.policies.stack import ANY_OBJECT, Resource, Stack
from eks_blueprints.policies.state import plain

NAME = "eks-blueprints"
ADVICE = "eks-blueprints-advice"
"""The policy that tells what never blocks: advice of rules that do block otherwise, and what is undetermined."""

SETTINGS = "EKS_BLUEPRINTS_POLICIES"
"""Environment variable with the path of a settings file, policies.yaml."""
PROFILE = "EKS_BLUEPRINTS_PROFILE"
"""Environment variable with a profile, for those without a settings file."""

Report = Callable[..., None]


def main() -> None:
    """Serve the policy pack; the engine runs this and ends it."""
    sdk: Any = importlib.import_module("pulumi_policy")
    sdk.PolicyPack(name=NAME, policies=policies(sdk, judgement_of(os.environ)))


def judgement_of(environment: Mapping[str, str]) -> Judgement:
    """How the engine's stack is judged, by the settings file and the profile that the environment names."""
    stack = environment.get("PULUMI_STACK", "")
    file = environment.get(SETTINGS)
    load(Path(file).parent if file else None)
    found = read_settings(Path(file), stack) if file else Judgement()
    profile = environment.get(PROFILE, found.profile)
    if profile not in PROFILES:
        raise ValueError(f"{PROFILE} is not a valid profile; got {profile}; use one of {', '.join(PROFILES)}")
    return Judgement(next(each for each in PROFILES if each == profile), found.rules, found.waivers)


def policies(sdk: Any, judgement: Judgement) -> list[Any]:
    """Every rule as a policy of the SDK, and the one for advice."""
    made = [_policy(sdk, rule, judgement) for rule in rules().values()]
    return [*made, _advice(sdk, judgement)]


def _policy(sdk: Any, rule: Rule, judgement: Judgement) -> Any:
    level = (judgement.rules.get(rule.id) or RuleSetting()).enforcement or rule.enforcement_in(judgement.profile)
    common = {
        "name": rule.id,
        "description": rule.title,
        "enforcement_level": getattr(sdk.EnforcementLevel, level.upper()),
        "config_schema": sdk.PolicyConfigSchema(_schema(rule)) if rule.params else None,
        "severity": getattr(sdk.Severity, rule.severity.upper(), None) if hasattr(sdk, "Severity") else None,
        "remediation_steps": rule.prose.fix,
    }
    if rule.across or not rule.types:
        return sdk.StackValidationPolicy(validate=_of_stack(rule, judgement), **common)
    return sdk.ResourceValidationPolicy(validate=_of_resource(rule, judgement), **common)


def _of_resource(rule: Rule, judgement: Judgement) -> Callable[[Any, Report], None]:
    types = {*rule.types, *(f"{each}Patch" for each in rule.types if each.startswith("kubernetes:"))}
    if rule.id in INSIDE:
        types |= {*CHARTS}
    any_object = ANY_OBJECT in types

    def validate(args: Any, report: Report) -> None:
        if args.resource_type not in types and not (any_object and args.resource_type.startswith("kubernetes:")):
            return
        for finding in _findings(_single(args), rule, judgement, args.get_config() if rule.params else {}):
            report(_told(finding))

    return validate


def _of_stack(rule: Rule, judgement: Judgement) -> Callable[[Any, Report], None]:
    def validate(args: Any, report: Report) -> None:
        config = args.get_config() if rule.params else {}
        for finding in _findings(_whole(args.resources), rule, judgement, config):
            report(_told(finding), finding.urn)

    return validate


def _advice(sdk: Any, judgement: Judgement) -> Any:
    def validate(args: Any, report: Report) -> None:
        found = check_stack(_whole(args.resources), judgement).findings
        for finding in found:
            rule = rules().get(finding.policy)
            level = _setting(judgement, finding.policy).enforcement
            usual = level or (rule.enforcement_in(judgement.profile) if rule else "mandatory")
            if finding.verdict == "fail" and finding.enforcement == "advisory" and usual == "mandatory":
                report(f"{finding.policy}: {_told(finding)}", finding.urn if finding.urn.startswith("urn:") else "")
        unknown = sum(finding.verdict == "undetermined" for finding in found)
        if unknown:
            report(f"{unknown} verdicts depend on values that are not known before the deployment")

    return sdk.StackValidationPolicy(
        name=ADVICE,
        description="What never blocks: advice, and what is not known yet.",
        enforcement_level=sdk.EnforcementLevel.ADVISORY,
        validate=validate,
    )


def _findings(stack: Stack, rule: Rule, judgement: Judgement, config: Mapping[str, Any]) -> list[Finding]:
    """What stands of what one rule finds: neither waived nor undetermined nor advice of a rule that blocks."""
    own = _setting(judgement, rule.id)
    # The engine decides on the level itself; a rule that it asks is asked here.
    level = rule.enforcement if own.enforcement in (None, "disabled") else own.enforcement
    setting = RuleSetting(enforcement=level, parameters={**own.parameters, **_given(config, rule)})
    narrowed = Judgement(judgement.profile, {**judgement.rules, rule.id: setting}, judgement.waivers)
    found = check_stack(stack, narrowed, only=(rule.id,), today=clock.today()).failed(rule.id)
    return [each for each in found if each.enforcement == level]


def _setting(judgement: Judgement, policy: str) -> RuleSetting:
    return judgement.rules.get(policy) or RuleSetting()


def _given(config: Mapping[str, Any], rule: Rule) -> dict[str, Any]:
    return {key: value for key, value in (config or {}).items() if key in rule.params and value is not None}


def _told(finding: Finding) -> str:
    return f"{finding.field}: {finding.message}" if finding.field else finding.message


def _schema(rule: Rule) -> dict[str, dict[str, Any]]:
    return {
        key: {**_type(value), "default": list(value) if isinstance(value, tuple) else value}
        for key, value in rule.params.items()
    }


def _type(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int | float):
        return {"type": "number"}
    if isinstance(value, list | tuple):
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "string"}


_LAST: dict[str, Any] = {}
"""What was made of the arguments last seen: the engine hands the same ones to one policy after another."""


def _single(args: Any) -> Stack:
    raw = _unwrapped(args.props)
    if _LAST.get("urn") != args.urn or _LAST.get("raw") != raw:
        provider = args.provider
        made = [_resource(args)]
        if provider is not None:
            made[0].provider = provider.urn
            made.append(Resource(provider.urn, provider.resource_type, provider.name, _props(provider.props)))
        _LAST.update(urn=args.urn, raw=raw, stack=Stack(made))
    found: Stack = _LAST["stack"]
    return found


def _whole(resources: list[Any]) -> Stack:
    if _LAST.get("resources") != [id(each) for each in resources]:
        _LAST.update(
            resources=[id(each) for each in resources], whole=Stack(map(_resource, resources)), held=list(resources)
        )
    found: Stack = _LAST["whole"]
    return found


def _resource(args: Any) -> Resource:
    options = args.opts
    given = {
        "protect": getattr(options, "protect", None),
        "ignore_changes": getattr(options, "ignore_changes", None),
    }
    provider, parent = getattr(args, "provider", None), getattr(args, "parent", None)
    properties = getattr(args, "property_dependencies", None) or {}
    return Resource(
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        inputs=_props(args.props),
        options={key: value for key, value in given.items() if value},
        parent=getattr(parent, "urn", None),
        provider=getattr(provider, "urn", None),
        dependencies=[each.urn for each in getattr(args, "dependencies", None) or ()],
        property_dependencies={key: [each.urn for each in found] for key, found in properties.items()},
    )


def _props(props: Any) -> dict[str, Any]:
    found = plain(_unwrapped(props))
    return found if isinstance(found, dict) else {}


def _unwrapped(value: Any) -> Any:
    """Properties without the SDK's proxies, which raise where a value is not known."""
    if isinstance(value, str | bytes) or value is None:
        return value
    with suppress(TypeError, KeyError, IndexError):
        value = value["__target"]
    if isinstance(value, Mapping):
        return {key: _unwrapped(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_unwrapped(each) for each in value]
    return value
