"""Charts that are published: where, under which version, signed how."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.spec import In, Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import Place, Site
from eks_blueprints.pipelines._places import ChartPlace
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines._scripts import script

_BASE_URL = Form(
    r"(s3|https)://(?!.*@)[\x21-\x7e]+", what="is not the URL of a chart repository", do="write https://… or s3://…"
)


class SignArgs(Spec):
    """A signature with Cosign, kept beside what it signs."""

    key_arn: In[RegionalKeyArn] | None = None
    """ARN of a KMS key for signing (ECC_NIST_P256). Default: keyless, by the identity of the job, which GitHub Actions
    and GitLab CI have."""

    transparency_log: bool = False
    """Whether a signature with a key is published in Sigstore's public log, with the name of the image. Keyless ones
    always are."""


class ProvenanceArgs(Spec):
    """A provenance file beside the package (`helm package --sign`), for a Helm repository that `helm verify` reads."""

    key: str = Field(min_length=1, max_length=200)
    """Name of the GPG key."""

    keyring: str
    """Name of the stage's secret that holds the secret keyring, in base64."""

    passphrase: str | None = None
    """Name of the stage's secret that holds the passphrase."""


class ChartArgs(ChartPlace):
    """A Helm chart to publish."""

    path: RepositoryPath = "chart"
    """Its folder, with Chart.yaml."""

    url: Annotated[str, AfterValidator(_BASE_URL)] | None = None
    """URL that users of the bucket read it from. Default: that of the bucket, for the plugin helm-s3."""

    version_from: Literal["chart", "tag", "commit"] = "chart"
    """Its version: that of Chart.yaml, that of the git tag (`v1.2.3`), or that of Chart.yaml with the commit."""

    dependencies: bool | None = None
    """Whether the charts that it depends on are fetched, as Chart.lock says (`helm dependency build`). Default: where
    Chart.yaml names some that its folder `charts` does not hold."""

    provenance: ProvenanceArgs | None = None
    """A provenance file; for a bucket."""

    @model_validator(mode="after")
    def _of_a_bucket(self) -> Self:
        faults = Faults()
        if self.bucket is None:
            for field in ("url", "provenance"):
                if getattr(self, field) is not None:
                    faults.add(field, f"is for a bucket; got {field} with a repository of ECR; remove it")
        faults.raise_if_any()
        return self

    def package(self) -> tuple[str, ...]:
        """The commands that package it."""
        options: tuple[str, ...] = ()
        before: tuple[str, ...] = ()
        if (signed := self.provenance) is not None:
            before = (f'KEYRING_FILE="$(mktemp)"\nbase64 --decode <<< "${signed.keyring}" > "$KEYRING_FILE"',)
            options = ("--sign", "--key", signed.key)
        how = "missing" if self.dependencies is None else self.dependencies
        fetch = script("chart_dependencies", CHART_PATH=self.path, DEPENDENCIES=how)
        text = script("package_chart", VERSION_FROM=self.version_from, SIGN_OPTIONS=options)
        if signed is not None:
            phrase = f'--passphrase-file <(printf %s "${signed.passphrase}")' if signed.passphrase else ""
            text = text.replace(
                '"${SIGN_OPTIONS[@]}"', f'"${{SIGN_OPTIONS[@]}}" --keyring "$KEYRING_FILE" {phrase}'.rstrip()
            )
        return (*before, fetch, text)

    def publish(self, site: Site, artifact: str) -> tuple[str, ...]:
        """The commands that publish the package."""
        if self.bucket is None:
            said = script("publish_oci_chart", NAME=artifact, REPOSITORY=self.repository or "")
            return (_registry.log_in(site, self.place), said)
        return (*index(self.place, self.url), script("publish_s3_chart", NAME=artifact))


def index(place: Place, url: str | None) -> tuple[str, ...]:
    """The command that adds a packaged chart to a Helm repository in S3."""
    base = url or f"s3://{place.bucket}/{place.prefix}".rstrip("/")
    return (script("s3_chart_index", BUCKET=place.bucket or "", PREFIX=place.prefix, BASE_URL=base),)


def signed(site: Site, sign: SignArgs, place: Place, artifact: str, file: str) -> dict[str, Any]:
    """Parts of a job that signs what an artifact names."""
    log = "true" if sign.transparency_log else "false"
    lines = (_registry.log_in(site, place), script("sign", NAME=artifact, FILE=file, TRANSPARENCY_LOG=log))
    if sign.key_arn is None:
        text = lines[1].replace("TRANSPARENCY_LOG", "KEY=''\nTRANSPARENCY_LOG", 1)
        return {"commands": (lines[0], text), "identity_tokens": {"SIGSTORE_ID_TOKEN": "sigstore"}}
    text = lines[1].replace("TRANSPARENCY_LOG", 'KEY="$SIGNING_KEY_ARN"\nTRANSPARENCY_LOG', 1)
    may = Allow("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", on=sign.key_arn)
    return {"commands": (lines[0], text), "variables": {"SIGNING_KEY_ARN": sign.key_arn}, "allowed": (may,)}
