"""What workloads have whose pods answer requests and stay: a Service, an Ingress, a number of pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eks_blueprints.core.errors import Faults, Path, Problem, unknown_name
from eks_blueprints.workloads._container import port_fields, port_of
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._exposed import HttpRoute, Ingress, Service, port_named
from eks_blueprints.workloads._needs import is_missing
from eks_blueprints.workloads._objects import drawing
from eks_blueprints.workloads.base import Workload

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground

_DRAIN = 15
"""Seconds within which a load balancer stops sending requests to a pod.

Source: EKS best practices guide, load balancing, "Ensure pods are deregistered from load balancers before termination".
"""
_GRACE = 30
"""Seconds that pods have to end, where `terminationGracePeriodSeconds` says nothing."""


class ServedWorkload(Workload):
    """A workload whose pods answer requests."""

    service: Service | None = None
    """The Service in front of the pods. Default: none; `{}` for one in the cluster with the container's ports."""

    ingress: Ingress | None = None
    """An Ingress that leads to the Service; for `alb` it is an Application Load Balancer."""

    http_route: HttpRoute | None = None
    """A route of the Gateway API that leads to the Service."""

    drain_seconds: int | None = Field(default=None, ge=0)
    """Seconds for which a pod that ends still answers, while load balancers stop sending requests to it (a `preStop`
    hook that sleeps). Default: 15 behind an Ingress, an HTTPRoute or a Service of type LoadBalancer, and none
    otherwise. `terminationGracePeriodSeconds` is raised where it would be too short."""

    @property
    def drain_used(self) -> int:
        """Seconds for which a pod that ends still answers."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        balanced = self.ingress is not None or self.http_route is not None
        balanced |= self.service is not None and self.service.type == "LoadBalancer"
        if not balanced or not self.ports or self._own_hook:
            return 0
        grace = self.pod.get("terminationGracePeriodSeconds")
        return min(_DRAIN, grace // 2) if isinstance(grace, int) else _DRAIN

    @property
    def _own_hook(self) -> bool:
        """Whether `pod` says what happens before the main container ends."""
        every = self.pod.get("containers")
        for each in every if isinstance(every, list | tuple) else ():
            if isinstance(each, Mapping) and each.get("name") == self.container_name_used:
                hooks = each.get("lifecycle", {})
                return hooks is None or (isinstance(hooks, Mapping) and "preStop" in hooks)
        return False

    @property
    def service_used(self) -> Service | None:
        """The Service that is made; one is, where something leads to it."""
        if self.service is None and (self.ingress is not None or self.http_route is not None):
            return Service()
        return self.service

    @property
    def service_name(self) -> str:
        """Name of the Service."""
        service = self.service_used
        return (service.name if service is not None else None) or self.object_name_used

    @property
    def service_ports(self) -> dict[str, int]:
        """The ports of the Service by name."""
        service = self.service_used
        if service is not None and service.ports_written:
            return {str(each.get("name", each["port"])): each["port"] for each in service.ports_written}
        own = {name: port_of(value)[0] for name, value in self.ports.items()}
        return dict(service.ports or own) if service is not None else {}

    def _check_own(self, faults: Faults) -> None:
        super()._check_own(faults)
        if self.drain_seconds and self._own_hook:
            do = "remove one of them"
            faults.add("drain_seconds", f"is a preStop hook; got {self.drain_seconds}, and a preStop in pod; {do}")
        service = self.service_used
        if service is None:
            return
        if not self.ports and not service.ports_written:
            field = next(name for name in ("service", "ingress", "http_route") if getattr(self, name) is not None)
            faults.add(field, "leads to a port of the container; got no ports; add ports: {http: 8080}")
            return
        known = self._all_ports
        for name in service.ports:
            if name not in known:
                faults.add(("service", "ports", name), unknown_name(name, known, "port of a container"))
        for field in ("ingress", "http_route"):
            if (exposed := getattr(self, field)) is not None:
                try:
                    port_named(exposed.port, self.service_ports)
                except ValueError as error:
                    faults.add((field, "port"), str(error))

    @property
    def _all_ports(self) -> dict[str, Any]:
        found = dict(self.ports)
        for each in self.sidecars.values():
            found |= each.ports
        return found

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """What needs a load balancer's controller, or another form of it."""
        yield from super().problems_on(ground)
        if self.ingress is not None and ground.auto_mode and self.ingress.ingress_class == "alb":
            for field in self.ingress.said_by_the_class():
                do = "say it in ingress_classes of the auto_mode compute, and remove it here"
                yield Problem(("ingress", field), f"is said by the IngressClass in EKS Auto Mode; got it here; {do}")
        if ground.auto_mode or not is_missing(ground, "aws_load_balancer_controller"):
            return
        service, do = self.service_used, "add aws_load_balancer_controller to addons"
        if service is not None and service.type == "LoadBalancer":
            yield Problem(("service", "type"), f"needs AWS Load Balancer Controller; got no such add-on; {do}")
        if self.ingress is not None and self.ingress.ingress_class == "alb":
            yield Problem(("ingress",), f"needs AWS Load Balancer Controller; got no such add-on; {do}")

    def pod_fields(self) -> dict[Path, tuple[Any, Path]]:
        """How its pods end."""
        found = super().pod_fields()
        if drain := self.drain_used:
            found["containers", 0, "lifecycle"] = ({"preStop": {"sleep": {"seconds": drain}}}, ("drain_seconds",))
            if drain > _GRACE // 2:
                found["terminationGracePeriodSeconds",] = (drain + _GRACE // 2, ("drain_seconds",))
        return found

    def own_objects(self, ground: Ground) -> Iterator[Drawing]:
        """The workload and what leads to it."""
        yield from self.governing_objects(ground)
        yield from super().own_objects(ground)
        yield from self._service(ground)
        yield from self._leading(ground)

    def governing_objects(self, _ground: Ground) -> Iterator[Drawing]:
        """What has to be there before the workload."""
        return iter(())

    def _service(self, ground: Ground) -> Iterator[Drawing]:
        service = self.service_used
        if service is None:
            return
        found = drawing(self, "service", "v1 Service", ("service",), self.service_name)
        balanced, marks = service.balanced(auto_mode=ground.auto_mode)
        # Pulumi waits until pods answer, and there may be none.
        still = {"pulumi.com/skipAwait": "true"} if self.replicas_least == 0 else {}
        if annotations := {**marks, **still, **service.annotations}:
            found.put(("metadata", "annotations"), annotations, ("service", "annotations"))
        if service.type != "ClusterIP":
            found.put(("spec", "type"), service.type, ("service", "type"))
        if service.headless:
            found.put(("spec", "clusterIP"), "None", ("service", "headless"))
        found.put(("spec", "selector"), self.selector_used, ("selector",))
        for name, number in () if service.ports_written else self.service_ports.items():
            entry = {"name": name, "port": number, "targetPort": name, **port_fields(self._all_ports[name])}
            found.add(("spec", "ports"), entry, ("service", "ports", name))
        for key, value in balanced.items():
            found.put(("spec", key), value, ("service", "type"))
        found.patch(("spec",), service.spec, ("service", "spec"))
        yield found

    def _leading(self, ground: Ground) -> Iterator[Drawing]:
        if (ingress := self.ingress) is not None:
            yield self._ingress(ingress, ground)
        if (route := self.http_route) is not None:
            found = drawing(self, "http-route", "gateway.networking.k8s.io/v1 HTTPRoute", ("http_route",))
            number = port_named(route.port, self.service_ports)
            if route.annotations:
                found.put(("metadata", "annotations"), dict(route.annotations), ("http_route", "annotations"))
            found.put(("spec",), route.manifest(self.service_name, number), ("http_route",))
            self.split(found, number)
            found.patch(("spec",), route.spec, ("http_route", "spec"))
            yield found

    @property
    def ingress_port(self) -> int:
        """The port of the Service that the Ingress leads to."""
        return port_named(self.ingress.port if self.ingress is not None else None, self.service_ports)

    @property
    def backend_port(self) -> dict[str, Any]:
        """The port as the Ingress names it."""
        return {"number": self.ingress_port}

    def split(self, route: Drawing, number: int) -> None:
        """Have a route lead to several versions; here there is one."""

    def _ingress(self, ingress: Ingress, ground: Ground) -> Drawing:
        found = drawing(self, "ingress", "networking.k8s.io/v1 Ingress", ("ingress",))
        annotations = {**ingress.marked(auto_mode=ground.auto_mode), **ingress.annotations}
        if annotations:
            found.put(("metadata", "annotations"), annotations, ("ingress", "annotations"))
        found.put(("spec", "ingressClassName"), ingress.ingress_class, ("ingress", "ingress_class"))
        port = self.backend_port
        backend = {"service": {"name": self.service_name, "port": port}}
        path = {"path": ingress.path, "pathType": ingress.path_type, "backend": backend}
        for host in ingress.hosts or (None,):
            rule: dict[str, Any] = {"http": {"paths": [path]}}
            found.add(("spec", "rules"), {"host": host, **rule} if host else rule, ("ingress", "hosts"))
        found.patch(("spec",), ingress.spec, ("ingress", "spec"))
        return found
