"""The settings of the package aws that a stack has (`aws:profile`, `aws:assumeRoles`, ...), as data.

The engine gives them to default providers alone. A provider that a program makes itself has to be told them, which is
what they are read for here. Source of names and forms: `ProviderArgs` of pulumi-aws 7.51.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core import leaves
from eks_blueprints.core.errors import Path, Problem, shown, unknown_name
from eks_blueprints.core.form import Form

_ROLE: dict[str, Any] = {
    **dict.fromkeys(("duration", "externalId", "policy", "roleArn", "sessionName", "sourceIdentity"), "text"),
    **dict.fromkeys(("policyArns", "transitiveTagKeys"), "texts"),
    "tags": "map",
}
_WEB_ROLE: dict[str, Any] = {
    **dict.fromkeys(
        ("duration", "policy", "roleArn", "sessionName", "webIdentityToken", "webIdentityTokenFile"), "text"
    ),
    "policyArns": "texts",
}
FORMS: dict[str, Any] = {
    **dict.fromkeys(("accessKey", "customCaBundle", "ec2MetadataServiceEndpoint"), "text"),
    **dict.fromkeys(("ec2MetadataServiceEndpointMode", "httpProxy", "httpsProxy", "noProxy", "profile"), "text"),
    **dict.fromkeys(("region", "retryMode", "s3UsEast1RegionalEndpoint", "secretKey", "stsRegion"), "text"),
    **dict.fromkeys(("tagPolicyCompliance", "token"), "text"),
    **dict.fromkeys(("insecure", "s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck"), "flag"),
    **dict.fromkeys(("skipRegionValidation", "skipRequestingAccountId"), "flag"),
    **dict.fromkeys(("useDualstackEndpoint", "useFipsEndpoint"), "flag"),
    **dict.fromkeys(("maxRetries", "tokenBucketRateLimiterCapacity"), "number"),
    **dict.fromkeys(("allowedAccountIds", "forbiddenAccountIds"), "texts"),
    **dict.fromkeys(("sharedConfigFiles", "sharedCredentialsFiles", "userAgents"), "texts"),
    "assumeRoles": [_ROLE],
    "assumeRoleWithWebIdentity": _WEB_ROLE,
    "defaultTags": {"tags": "map"},
    "endpoints": ["map"],
    "ignoreTags": {"keyPrefixes": "texts", "keys": "texts"},
}
"""Form of each setting: one word, a mapping of fields to forms, or a list of one of these."""

PLUGIN = {"version": "version", "pluginDownloadURL": "plugin_download_url"}
"""Settings that say which plugin runs, rather than what it is told, and the resource options for them."""

_FORMER = {
    "assumeRole": "is a list as of version 7 of the provider; got {got}; write aws:assumeRoles: [{{roleArn: ...}}]",
    "s3ForcePathStyle": "was renamed in version 6 of the provider; got {got}; write aws:s3UsePathStyle",
    "sharedCredentialsFile": "is a list as of version 6 of the provider; got {got}; write aws:sharedCredentialsFiles",
    "skipGetEc2Platforms": "was removed in version 6 of the provider; got {got}; remove it",
}
account_id = Form(r"[0-9]{12}", what="is not a valid id of an AWS account", do="write its 12 digits in quotes")
"""The id of an AWS account."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting."""

    value: Any
    """Its value, nested keys as the provider spells them; the text itself where `opaque`."""
    secret: bool = False
    opaque: bool = False
    """Whether the text cannot be read, as that of an encrypted list without the stack's key."""

    @property
    def told(self) -> Any:
        """What a provider is told: the value, or a secret Output of it."""
        if not self.secret:
            return self.value
        import pulumi

        return pulumi.Output.secret(self.value)


def settings(texts: Mapping[str, str], secret: Container[str] = ()) -> tuple[dict[str, Setting], list[Problem]]:
    """The settings among the configuration of a stack, by their names without `aws:`, and what is wrong with them.

    `texts` is the whole configuration as the engine hands it over: text by full key, nested values as JSON; `secret`
    holds the full keys of what is secret. Paths of problems begin with `config`.
    """
    found: dict[str, Setting] = {}
    problems: list[Problem] = []
    for key, text in sorted(texts.items()):
        package, _, name = key.partition(":")
        if package != "aws":
            continue
        hidden = key in secret
        if name not in FORMS and name not in PLUGIN:
            problems.append(Problem(("config", key), _unknown(name, "a secret" if hidden else shown(text))))
            continue
        if hidden and text.startswith("${config."):
            found[name] = Setting(text, secret=True, opaque=True)
            continue
        reader = _Reader(hidden)
        value = reader.top(FORMS.get(name, "text"), text, ("config", key))
        if reader.problems:
            problems += reader.problems
        else:
            found[name] = Setting(value, secret=hidden)
    return found, problems


def argument(setting: str) -> str:
    """What the provider's Python class calls a setting: `assumeRoles` is `assume_roles`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in setting)


def of_stack() -> tuple[dict[str, Setting], list[Problem]]:
    """The settings of the stack whose program is running."""
    from pulumi.runtime import config

    texts = config.CONFIG.get()
    return settings(texts, {key for key in texts if config.is_config_secret(key)})


def account_of_role(arn: str) -> str | None:
    """The account in the ARN of a role; None for text that is no such ARN."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and account_id.fullmatch(parts[4]) else None


def _unknown(name: str, got: str) -> str:
    if name in _FORMER:
        return _FORMER[name].format(got=got)
    return unknown_name(name, FORMS, "setting of the AWS provider")


class _Reader:
    """Reads one setting; what it finds wrong quotes no secret."""

    def __init__(self, hidden: bool) -> None:
        self._hidden = hidden
        self.problems: list[Problem] = []

    def top(self, form: Any, text: str, path: Path) -> Any:
        if form == "text":
            return self._checked(text, path)
        if form in ("flag", "number"):
            return self._scalar(form, text, path)
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        return self._read(form, value, path)

    def _read(self, form: Any, value: Any, path: Path) -> Any:
        if isinstance(form, list) or form == "texts":
            of = "text" if form == "texts" else form[0]
            if not isinstance(value, list):
                return self._wrong(path, "needs a list", value, f"write {_last_key(path)}: [...]")
            return [self._read(of, item, (*path, index)) for index, item in enumerate(value)]
        if form == "text":
            return self._text(value, path)
        if not isinstance(value, Mapping):
            return self._wrong(path, "needs a mapping", value, "write key: value lines below it")
        if form == "map":
            checked = {str(key): self._text(item, (*path, str(key))) for key, item in value.items()}
            return checked if None in checked.values() else self._checked(checked, path)
        read = {}
        for key, item in value.items():
            if key in form:
                read[key] = self._read(form[key], item, (*path, key))
            else:
                self.problems.append(Problem((*path, str(key)), unknown_name(str(key), form, "field")))
        return read

    def _scalar(self, form: str, text: str, path: Path) -> Any:
        if form == "number":
            return int(text) if text.isdecimal() else self._wrong(path, "needs a whole number", text, "write digits")
        if text not in ("true", "false"):
            return self._wrong(path, "needs true or false", text, "write one of them")
        return text == "true"

    def _text(self, value: Any, path: Path) -> Any:
        # The engine takes numbers and booleans here, and sends their text on.
        if isinstance(value, bool | int):
            value = str(value).lower()
        if not isinstance(value, str):
            return self._wrong(path, "needs text", value, "put it in quotes")
        return self._checked(value, path)

    def _checked(self, value: Any, path: Path) -> Any:
        """The value, if it keeps to the rule for what stands at that place."""
        if rule := _RULES.get(tuple(part for part in path[1:] if isinstance(part, str))):
            if isinstance(value, str) and value.startswith("${"):
                return value
            try:
                rule(value)
            except ValueError as error:
                message = "does not have the right form; got a secret; fix it" if self._hidden else str(error)
                self.problems.append(Problem(path, message))
        return value

    def _wrong(self, path: Path, what: str, value: Any, do: str) -> None:
        got = "a secret" if self._hidden else shown(value)
        self.problems.append(Problem(path, f"{what}; got {got}; {do}"))


def _last_key(path: Path) -> str:
    """The last key of a path that is a name."""
    return str(next((part for part in reversed(path) if isinstance(part, str)), ""))


_RULES: dict[tuple[str, ...], Callable[[Any], Any]] = {
    ("aws:allowedAccountIds",): account_id,
    ("aws:forbiddenAccountIds",): account_id,
    ("aws:assumeRoles", "roleArn"): leaves.role_arn,
    ("aws:assumeRoleWithWebIdentity", "roleArn"): leaves.role_arn,
    ("aws:defaultTags", "tags"): leaves.tags,
}
