"""Linkerd: a light service mesh."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager
from eks_blueprints.core.helm import HelmRelease
from eks_blueprints.core.spec import In, Spec, is_known

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_EDGE = "https://helm.linkerd.io/edge"
_VERSION = "2026.9.1"


class LinkerdIssuer(Spec):
    """The certificate with which Linkerd signs those of the pods in its mesh, all in PEM."""

    trust_anchors: In[str]
    """Certificates that pods trust: those that signed `certificate`."""
    certificate: In[str]
    """Certificate of the issuer."""
    key: In[str]
    """Key of the issuer, named and not written: `{secret: key}`."""

    @field_validator("key")
    @classmethod
    def _is_not_written_down(cls, key: Any) -> Any:
        if is_known(key):
            raise ValueError("is stored in plain text; got text; write {secret: key}")
        return key


class Linkerd(HelmAddOn):
    """Encrypt, retry and watch traffic between services, by a light proxy beside each pod.

    Its makers publish open releases as "edge" only. Pods join by the annotation `linkerd.io/inject: enabled` on them or
    on their namespace.
    """

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("linkerd-control-plane", _VERSION, _EDGE)
    crds: ClassVar[Chart | None] = Chart("linkerd-crds", _VERSION, _EDGE)
    single: ClassVar[bool] = True
    after: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    images: ClassVar[dict[str, str]] = {
        "controllerImage": "cr.l5d.io/linkerd/controller",
        "proxy.image.name": "cr.l5d.io/linkerd/proxy",
        "debugContainer.image.name": "cr.l5d.io/linkerd/debug",
    }
    spare: ClassVar[dict[str, Any]] = {
        "controllerReplicas": 3,
        "enablePodAntiAffinity": True,
        "enablePodDisruptionBudget": True,
    }

    namespace: Namespace = "linkerd"
    """Kubernetes namespace it runs in."""

    issuer: LinkerdIssuer | None = None
    """Certificates of the mesh. Default: cert-manager keeps them in the Secret `linkerd-identity-issuer` and the
    ConfigMap `linkerd-identity-trust-roots`, which have to be in the namespace before."""

    gateway_api: bool = True
    """Whether it installs the CRDs of the Gateway API, which it needs; false where they are there already."""

    def crd_release(self) -> HelmRelease | None:
        """The release of its CRDs, with those of the Gateway API."""
        release = super().crd_release()
        return None if release is None else replace(release, values={"installGatewayAPI": self.gateway_api})

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Where its certificates come from."""
        import pulumi

        if self.issuer is None:
            return {"identity": {"externalCA": True, "issuer": {"scheme": "kubernetes.io/tls"}}}
        tls = {"crtPEM": self.issuer.certificate, "keyPEM": pulumi.Output.secret(self.issuer.key)}
        return {"identityTrustAnchorsPEM": self.issuer.trust_anchors, "identity": {"issuer": {"tls": tls}}}
