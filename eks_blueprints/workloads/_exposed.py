"""How requests reach a workload: Service, Ingress, HTTPRoute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import object_name
from eks_blueprints.core.spec import In, Many, Spec, is_output
from eks_blueprints.workloads._container import port_name
from eks_blueprints.workloads._words import by_name, written_as

Scheme = Literal["internal", "internet-facing"]

host_name = Form(
    r"(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
    what="is not a valid name of a host",
    do="write one such as shop.example.com, or *.example.com",
)
_CERTIFICATE = Form(
    r"arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-zA-Z-]{1,64}",
    what="is not a valid ARN of a certificate",
    do="write arn:aws:acm:region:111122223333:certificate/id",
)
ServiceName = Annotated[str, AfterValidator(object_name)]
Host = Annotated[str, AfterValidator(host_name)]
CertificateArn = Annotated[str, AfterValidator(_CERTIFICATE)]

_PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
_ALB = "alb.ingress.kubernetes.io/"


def _service_ports(ports: dict[str, int]) -> dict[str, int]:
    faults = Faults()
    seen: dict[int, str] = {}
    for name, number in ports.items():
        if fault := port_name.fault(name):
            faults.add((name,), fault)
        if not 1 <= number <= 65535:
            faults.add((name,), f"is not a valid port; got {number}; write a number from 1 to 65535")
        elif (other := seen.setdefault(number, name)) != name:
            faults.add((name,), f"is the port of {other} too; got {number}; choose another")
    faults.raise_if_any()
    return ports


class Service(Spec):
    """The Service of a workload: one address for all of its pods."""

    name: ServiceName | None = None
    """Its name, which is its host name in the namespace. Default: that of the workload."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = "ClusterIP"
    """Where it can be reached: in the cluster, on a port of every node, or by a Network Load Balancer."""

    headless: bool = False
    """Whether its name leads to the pods themselves and not to one address."""

    ports: Annotated[dict[str, int], by_name("{http: 80}"), AfterValidator(_service_ports)] = {}
    """Its port by the name of a container's port, such as `{http: 80}`. Default: each container's port, by the same
    number, or `spec: {ports: […]}`."""

    scheme: Scheme = "internal"
    """Whether the load balancer is in private subnets or can be reached from the internet."""

    annotations: dict[str, In[str]] = {}
    """Annotations of the Service, such as those of AWS Load Balancer Controller."""

    spec: JsonValues = {}
    """Further fields of the ServiceSpec as in Kubernetes."""

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """Where a further field of a Service is written."""
        return written_as(name, (("ServiceSpec", "spec: {%s: …}"),))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.headless and self.type != "ClusterIP":
            faults.add("headless", f"is for type ClusterIP; got {self.type}; remove one of them")
        if "scheme" in self.model_fields_set and self.type != "LoadBalancer":
            faults.add("scheme", f"is for type LoadBalancer; got {self.type}; set type: LoadBalancer")
        faults.raise_if_any()
        return self

    @property
    def ports_written(self) -> list[Any]:
        """Ports that `spec` says in full; entries without a port are merged into those of `ports`."""
        ports = self.spec.get("ports")
        whole = isinstance(ports, list) and all(isinstance(each, Mapping) and "port" in each for each in ports)
        return list(ports) if isinstance(ports, list) and whole else []

    def balanced(self, *, auto_mode: bool) -> tuple[dict[str, Any], dict[str, str]]:
        """Fields and annotations by which EKS Auto Mode, or AWS Load Balancer Controller, makes a load balancer.

        Source: EKS user guide, "Use Service Annotations to configure Network Load Balancers"; AWS Load Balancer
        Controller 2.14, "Network Load Balancer".
        """
        if self.type != "LoadBalancer":
            return {}, {}
        said = {f"{_PREFIX}scheme": self.scheme, f"{_PREFIX}nlb-target-type": "ip"}
        return {"loadBalancerClass": "eks.amazonaws.com/nlb" if auto_mode else "service.k8s.aws/nlb"}, said


class Ingress(Spec):
    """An Application Load Balancer in front of a workload's Service, or another Ingress."""

    hosts: Many[Host] = ()
    """Names that requests are for, such as `shop.example.com`. Default: any."""

    path: str = Field(default="/", pattern="^/")
    """Path that requests begin with."""

    path_type: Literal["Prefix", "Exact", "ImplementationSpecific"] = "Prefix"
    """Whether a request's path begins with `path` or is equal to it."""

    port: str | None = None
    """Name of the Service's port. Default: its first."""

    ingress_class: str = "alb"
    """Name of the IngressClass. The fields below are for `alb`; with EKS Auto Mode the class itself says the scheme,
    the certificates and the group (`ingress_classes` of its compute)."""

    scheme: Scheme = "internal"
    """Whether the load balancer is in private subnets or can be reached from the internet."""

    certificate_arns: Many[In[CertificateArn]] = ()
    """ARNs of ACM certificates. With one the load balancer listens on 443, and sends requests on 80 there. Default:
    none, and it listens on 80 alone."""

    load_balancer_group: str | None = None
    """Name of a group of Ingresses that share one load balancer. Default: one of its own."""

    annotations: dict[str, In[str]] = {}
    """Further annotations, such as those of the controller."""

    spec: JsonValues = {}
    """Further fields of the IngressSpec as in Kubernetes."""

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """Where a further field of an Ingress is written."""
        return written_as(name, (("IngressSpec", "spec: {%s: …}"),))

    def marked(self, *, auto_mode: bool) -> dict[str, Any]:
        """Annotations for AWS Load Balancer Controller.

        Source: its guide, "Ingress annotations", 2.14; EKS user guide, "Create an IngressClass to configure an
        Application Load Balancer".
        """
        if self.ingress_class != "alb":
            return {}
        found: dict[str, Any] = {f"{_ALB}target-type": "ip"}
        if self.certificate_arns:
            found |= {f"{_ALB}listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]', f"{_ALB}ssl-redirect": "443"}
        if auto_mode:
            return found
        found[f"{_ALB}scheme"] = self.scheme
        if self.certificate_arns:
            found[f"{_ALB}certificate-arn"] = joined(self.certificate_arns)
        if self.load_balancer_group is not None:
            found[f"{_ALB}group.name"] = self.load_balancer_group
        return found

    def said_by_the_class(self) -> list[str]:
        """The fields that the IngressClass says in EKS Auto Mode."""
        fields = ("scheme", "certificate_arns", "load_balancer_group")
        return [field for field in fields if field in self.model_fields_set]


class HttpRoute(Spec):
    """A route of the Gateway API to a workload's Service."""

    gateway: str = Field(min_length=1)
    """Name of the Gateway."""

    gateway_namespace: str | None = None
    """Namespace of the Gateway. Default: the workload's."""

    hosts: Many[Host] = ()
    """Names that requests are for. Default: those of the Gateway's listeners."""

    path: str = Field(default="/", pattern="^/")
    """Path that requests begin with."""

    path_type: Literal["Prefix", "Exact"] = "Prefix"
    """Whether a request's path begins with `path` or is equal to it."""

    port: str | None = None
    """Name of the Service's port. Default: its first."""

    annotations: dict[str, In[str]] = {}
    """Annotations of the route, such as those of ExternalDNS."""

    spec: JsonValues = {}
    """Further fields of the HTTPRouteSpec as in Kubernetes."""

    def manifest(self, service: str, number: int) -> dict[str, Any]:
        """The spec of the route."""
        parent = {"name": self.gateway, **({"namespace": self.gateway_namespace} if self.gateway_namespace else {})}
        match = {"path": {"type": "Exact" if self.path_type == "Exact" else "PathPrefix", "value": self.path}}
        rule = {"matches": [match], "backendRefs": [{"name": service, "port": number}]}
        return {
            "parentRefs": [parent],
            **({"hostnames": list(self.hosts)} if self.hosts else {}),
            "rules": [rule],
        }


def port_named(wanted: str | None, ports: dict[str, int]) -> int:
    """The number of a Service's port.

    Raises:
        ValueError: if there is none by that name.
    """
    if wanted is None:
        return next(iter(ports.values()))
    if wanted not in ports:
        raise ValueError(f"is not a valid port of the service; got {shown(wanted)}; name one of {', '.join(ports)}")
    return ports[wanted]


def joined(values: Sequence[Any]) -> Any:
    """Texts with commas between them; an Output where one of them is."""
    if any(map(is_output, values)):
        import pulumi

        return pulumi.Output.all(*values).apply(",".join)
    return ",".join(map(str, values))
