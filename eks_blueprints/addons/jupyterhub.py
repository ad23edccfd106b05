"""JupyterHub: notebooks for many people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.base import AddOn

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Jupyterhub(HelmAddOn):
    """Give each person their own notebook server.

    Its notebooks run under service accounts of the team; say in `values.singleuser` which. It needs a default
    StorageClass.
    """

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("jupyterhub", "4.4.0", "https://hub.jupyter.org/helm-chart")
    after: ClassVar[tuple[type[AddOn], ...]] = (AwsEbsCsiDriver,)
    makes_outside: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "hub",
        "proxy.chp",
        "proxy.traefik",
        "scheduling.userScheduler",
        "prePuller.hook",
    )
    images: ClassVar[dict[str, str]] = {
        "hub.image.name": "quay.io/jupyterhub/k8s-hub",
        "proxy.chp.image.name": "quay.io/jupyterhub/configurable-http-proxy",
        "scheduling.userScheduler.image.name": "registry.k8s.io/kube-scheduler",
        "scheduling.userPlaceholder.image.name": "registry.k8s.io/pause",
        "prePuller.hook.image.name": "quay.io/jupyterhub/k8s-image-awaiter",
        "prePuller.pause.image.name": "registry.k8s.io/pause",
        "singleuser.image.name": "quay.io/jupyterhub/k8s-singleuser-sample",
        "singleuser.networkTools.image.name": "quay.io/jupyterhub/k8s-network-tools",
    }
    spare: ClassVar[dict[str, Any]] = {
        "hub.pdb.enabled": True,
        "proxy.chp.pdb.enabled": True,
    }

    alone: ClassVar[dict[str, str]] = {
        "Deployment/hub": "the hub keeps its state by itself; the chart has no more",
        "Deployment/proxy": "the proxy keeps its routes by itself; the chart has no more",
    }

    namespace: Namespace = "jupyterhub"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """No load balancer of its own: an Ingress leads to it."""
        return {"proxy": {"service": {"type": "ClusterIP"}}}
