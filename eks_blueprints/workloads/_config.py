"""ConfigMaps and Secrets of a workload."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, nearest, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import data_keys, short_names
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.karpenter.durations import Duration
from eks_blueprints.workloads._files import TextFile
from eks_blueprints.workloads._words import by_name

_NAME = Form(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*",
    what="is not a valid name of an object",
    do="use up to 253 lowercase letters, digits, - and ., with a letter or digit first and last",
)
ObjectName = Annotated[str, AfterValidator(_NAME)]


Texts = Annotated[dict[str, In[str]], AfterValidator(data_keys)]
Files = Annotated[dict[str, TextFile], AfterValidator(data_keys)]


class Mounted(Spec):
    """How the containers of a workload get what a ConfigMap or a Secret holds."""

    name: ObjectName | None = None
    """Name of the object. Default: that of the workload, `-` and the key."""

    env: bool = False
    """Whether each key becomes a variable of the main container."""

    mount_path: str | None = None
    """Folder of the main container in which each key is a file. Default: none."""

    data: Texts = {}
    """Values by key, as plain text; `{secret: key}` names one in Pulumi's config."""

    files: Files = {}
    """Files whose text it holds, by key: paths from the folder of the stack file, such as
    `{nginx.conf: web/nginx.conf}`; in Python from the working directory."""

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """Where values are written, which charts write without anything around them."""
        return None if nearest(name, cls.model_fields) else f"write values below data, as data: {{{name}: …}}"

    @property
    def content(self) -> dict[str, Any]:
        """What it holds, by key."""
        return {**self.data, **{key: each.text for key, each in self.files.items()}}

    def _check_use(self, faults: Faults) -> None:
        for key in sorted(self.data.keys() & self.files.keys()):
            faults.add(("files", key), f"is in data too; got {key} twice; remove one of them")
        if self.mount_path is not None and not self.mount_path.startswith("/"):
            faults.add("mount_path", f"is not absolute; got {shown(self.mount_path)}; begin it with /")


class ConfigMap(Mounted):
    """Settings of a workload that are no secret. Pods are replaced when they change, unless `restart_on_change` is
    false."""

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        faults = Faults()
        if not (self.data or self.files):
            faults.add("data", "is required; got nothing; add keys to data or files")
        self._check_use(faults)
        faults.raise_if_any()
        return self


class ExternalSecret(Spec):
    """A secret that the External Secrets Operator reads from a store, such as AWS Secrets Manager, in the cluster."""

    names_of_secrets: ClassVar[tuple[str, ...]] = ("data", "extract")
    """Fields that say where a secret is, and hold none."""

    store: str = Field(min_length=1)
    """Name of the SecretStore or ClusterSecretStore."""

    store_kind: str = Field(default="ClusterSecretStore", pattern="^(Cluster)?SecretStore$")
    """`ClusterSecretStore`, or `SecretStore` for one in the namespace of the workload."""

    data: Annotated[dict[str, str], AfterValidator(data_keys)] = Field(default={})
    """The name in the store by key, with a property after `#` where the secret is JSON:
    `{password: prod/shop/db#password}`."""

    extract: Many[str] = ()
    """Names in the store of secrets in JSON, all properties of which become keys."""

    refresh_interval: Duration = "1h"
    """How often it is read again."""

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        faults = Faults()
        if not (self.data or self.extract):
            faults.add("data", "is required; got nothing; add keys to data, or names to extract")
        faults.raise_if_any()
        return self

    def manifest(self, target: str) -> dict[str, Any]:
        """The spec of the ExternalSecret that makes the Secret `target`."""
        single = []
        for key, remote in self.data.items():
            name, _, part = remote.partition("#")
            single.append({"secretKey": key, "remoteRef": {"key": name, **({"property": part} if part else {})}})
        every = [{"extract": {"key": name}} for name in self.extract]
        return {
            "refreshInterval": self.refresh_interval,
            "secretStoreRef": {"name": self.store, "kind": self.store_kind},
            "target": {"name": target, "creationPolicy": "Owner"},
            **({"data": single} if single else {}),
            **({"dataFrom": every} if every else {}),
        }


class Secret(Mounted):
    """Secrets of a workload. They are encrypted in the state and never shown.

    Pods that run keep the value that they started with where it is a variable; a file follows within a minute or so.
    """

    secret_fields: ClassVar[tuple[str, ...]] = ("data",)
    """Fields all values of which are secrets, whatever they are called."""

    external: ExternalSecret | None = None
    """Where the External Secrets Operator reads it from, so that no value is in this program. Default: `data` and
    `files` say what it holds."""

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        faults = Faults()
        given = bool(self.data or self.files)
        if given == (self.external is not None):
            got = "both" if given else "nothing"
            faults.add("data", f"or external says what it holds; got {got}; write one of them")
        self._check_use(faults)
        faults.raise_if_any()
        return self


ConfigMaps = Annotated[dict[str, ConfigMap], by_name("{app: {data: {level: info}}}"), AfterValidator(short_names)]
Secrets = Annotated[dict[str, Secret], by_name("{db: {data: {password: …}}}"), AfterValidator(short_names)]
