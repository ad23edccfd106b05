"""Where images come from, and whether they stay what they are."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from eks_blueprints.core.images import parts
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts
from eks_blueprints.policies.objects import WORKLOADS
from eks_blueprints.policies.platform import CHART, RELEASE
from eks_blueprints.policies.pods import containers, pod_rule
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import CLUSTER

_DEPRECATED = ("k8s.gcr.io/", "gcr.io/google-containers/", "gcr.io/google_containers/", "docker.pkg.github.com/")
_CHANNELS = frozenset(
    (
        *("latest", "master", "main", "mainline", "head", "trunk", "edge", "nightly", "canary", "dev", "develop"),
        *("development", "snapshot", "unstable", "stable", "lts", "current", "rolling", "next"),
    )
)
_FLAVORS = frozenset(
    ("alpine", "slim", "debian", "ubuntu", "bookworm", "bullseye", "trixie", "jammy", "noble", "distroless")
)
"""Words that tell what an image is built on, and no version of it."""
_VERIFIERS = ("policy-controller", "ratify", "connaisseur")


@pod_rule("k8s-image-tag-fixed", "high", each=containers)
def tag_fixed(container: Props) -> Faults:
    """Images have a fixed tag or a digest."""
    image = _image(container)
    _, tag, digest = parts(image)
    if digest:
        return
    if container.symbolic(tag or image.rpartition("/")[2]):
        raise Undetermined((*container.path, "image"))
    if moves(tag):
        yield container.fault("runs whatever image the tag points to today", "image", got=image)


@pod_rule("k8s-image-digest", "low", each=containers, enforcement="advisory", wave=3)
def by_digest(container: Props) -> Faults:
    """Images are pinned by digest."""
    image = _image(container)
    if not parts(image)[2]:
        if container.symbolic(image.rpartition("/")[2]):
            raise Undetermined((*container.path, "image"))
        yield container.fault("names no digest", "image", got=image)


@pod_rule(
    "k8s-image-registry-allowed",
    "medium",
    each=containers,
    enforcement="advisory",
    production="mandatory",
    wave=2,
    params={"allowed": []},
)
def registry_allowed(container: Props, context: Context) -> Faults:
    """Images come from allowed registries.

    The host of an image fits one of the texts of `allowed`, such as `*.dkr.ecr.*.amazonaws.com`; an image without a
    host is one of docker.io. Nothing is asked before `allowed` names registries.
    """
    if not context.params["allowed"]:
        raise NotApplicable
    host = _host(container)
    if not any(fnmatchcase(host, each) for each in context.params["allowed"]):
        yield container.fault("comes from a registry that is not allowed", "image", got=_image(container))


@pod_rule(
    "k8s-no-deprecated-registry",
    "medium",
    each=containers,
    wave=2,
    patches=True,
    params={"frozen": ["docker.io/bitnamilegacy/*"]},
)
def live_registry(container: Props, context: Context) -> Faults:
    """Images do not come from registries that are shut down or frozen."""
    if not container.has("image"):
        raise NotApplicable
    host, path = _host(container), parts(_image(container))[0]
    full = path if path.startswith(f"{host}/") else f"{host}/{path}"
    if full.startswith(_DEPRECATED) or any(fnmatchcase(full, each) for each in context.params["frozen"]):
        yield container.fault("comes from a registry that is frozen", "image", got=_image(container))


@pod_rule("k8s-image-pull-policy", "low", each=containers, enforcement="advisory", wave=3)
def pull_policy(container: Props) -> Faults:
    """Images with a mutable tag are pulled every time."""
    image = _image(container)
    _, tag, digest = parts(image)
    if digest or not moves(tag) or container.symbolic(image):
        return
    # Kubernetes pulls an image without a tag, or with latest, always, unless it is told otherwise; others if missing.
    policy = container.get("imagePullPolicy") or ("Always" if tag in ("", "latest") else None)
    if policy != "Always":
        do = "" if policy else "pin the tag, or set imagePullPolicy: Always"
        yield container.fault("runs an old image under a tag that moves", "imagePullPolicy", got=policy, do=do)


@rule(
    "k8s-image-signature-verification",
    CLUSTER,
    severity="low",
    enforcement="advisory",
    wave=3,
    across=True,
    production_only=True,
)
def signatures(cluster: Props, context: Context) -> Faults:
    """In production image signatures are verified."""
    stack = context.stack
    if not any(stack.of(*WORKLOADS)) and not stack.of(RELEASE, CHART):
        raise NotApplicable
    if charts(stack, *_VERIFIERS) or stack.of("kubernetes:policy.sigstore.dev/v1beta1:ClusterImagePolicy"):
        return
    if stack.of("kubernetes:policies.kyverno.io/v1:ImageValidatingPolicy"):
        return
    for policy in stack.of("kubernetes:kyverno.io/v1:ClusterPolicy"):
        if any(each.has("verifyImages") for each in policy.props.items("spec", "rules")):
            return
    yield cluster.fault("runs images without verifying who built them")


def moves(tag: str) -> bool:
    """Whether a tag names a channel, or nothing, and so another image tomorrow: `latest`, `stable-alpine`."""
    words = set(re.split(r"[-_.]", tag.lower()))
    return not tag or (words <= {*_CHANNELS, *_FLAVORS})


def _image(container: Props) -> str:
    image = container.text("image")
    if image is None:
        raise NotApplicable
    return image


def _host(container: Props) -> str:
    image = _image(container)
    first, slash, _ = image.partition("/")
    if container.symbolic(first) or (container.symbolic(image) and not slash):
        if re.fullmatch(r"\$\{[^}]*\.(repositoryUrl|registryId)\}.*", image):
            return "0.dkr.ecr.region.amazonaws.com"  # the URL of a repository of ECR
        raise Undetermined((*container.path, "image"))
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"
