"""ingress-nginx to the Gateway API: annotations, classes, and what keeps ingress-nginx where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.migrate.catalogue import migration
from eks_blueprints.lifecycle.migrate.ingress_annotations import PREFIX, concerning, counterpart
from eks_blueprints.lifecycle.migrate.model import Found
from eks_blueprints.lifecycle.migrate.run import look, write_next

from .platforms import HEAD, INGRESSES

NAME = "ingress-nginx-to-gateway-api"
PICTURES = f"        {PREFIX}proxy-body-size: 8m  # pictures\n"
CERTIFICATE = INGRESSES[INGRESSES.index("    certificate_arns") : INGRESSES.index("    config:")]


def seen(tmp_path: Path, text: str) -> Found:
    file = tmp_path / "prod.yaml"
    file.write_text(text)
    return look(migration(NAME), "prod", file)


def diff(found: Found, phase: str) -> str:
    return next(each.diff for each in found.phases if each.phase.id == phase)


def in_the_way(found: Found, phase: str) -> str:
    return "\n".join(str(problem) for each in found.phases if each.phase.id == phase for problem in each.problems)


@pytest.mark.parametrize(
    ("annotation", "made"),
    [
        ("configuration-snippet: more_set_headers", False),
        ("auth-url: https://sso.example.com", False),
        ("rewrite-target: /$2", False),
        ('canary: "true"', False),
        ("something-new: x", False),
        ('canary: "false"', True),
        ("backend-protocol: HTTP", True),
        ("proxy-read-timeout: '60'", True),
    ],
)
def test_annotations_say_whether_a_route_is_made(tmp_path: Path, annotation: str, made: bool) -> None:
    found = seen(tmp_path, INGRESSES.replace(PICTURES, f"        {PREFIX}{annotation}\n"))
    assert (
        "http_route:\n+      gateway: public\n+      gateway_namespace: gateways\n+      hosts: [shop"
        in diff(found, "routes")
    ) is made
    assert ("workloads.web.ingress: is served by it still" in in_the_way(found, "remove")) is not made
    told = [str(each) for each in found.stays if "workloads.web.ingress.annotations" in str(each)]
    assert len(told) == (0 if annotation in ('canary: "false"', "backend-protocol: HTTP") else 1)
    assert all("prod.yaml:42:" in each for each in told), told


def test_a_route_that_people_wrote_is_taken(tmp_path: Path) -> None:
    text = INGRESSES.replace(PICTURES, f"        {PREFIX}rewrite-target: /$2\n")
    text = text.replace("    # the shop itself\n", "    http_route: {gateway: public, gateway_namespace: gateways}\n")
    found = seen(tmp_path, text)
    assert "rewrite-target" in diff(found, "ingresses")
    assert in_the_way(found, "remove") == ""


def test_values_of_charts_keep_ingress_nginx(tmp_path: Path) -> None:
    chart = "  grafana: {values: {ingress: {enabled: true, ingressClassName: nginx}}}\n"
    found = seen(tmp_path, INGRESSES.replace("  docs:\n    kind", f"{chart}  docs:\n    kind"))
    assert "addons.grafana.values.ingress.ingressClassName: makes an Ingress of a class" in in_the_way(found, "remove")


def test_each_controller_gets_a_gateway_of_its_scheme(tmp_path: Path) -> None:
    inner = "  inner: {kind: ingress_nginx, namespace: inner, ingress_class: inner}\n"
    text = INGRESSES.replace("  docs:\n    kind", f"{inner}  docs:\n    kind").replace(
        "ingress_class: nginx,", "ingress_class: inner,"
    )
    found = seen(tmp_path, text)
    assert "+          scheme: internal\n" in diff(found, "gateway")
    assert "+        gateway: internal\n" in diff(found, "routes") or "gateway: internal" in diff(found, "routes")
    assert diff(found, "gateway").count("kind: Gateway\n") == 2


def test_tls_that_nginx_ends_gets_a_listener(tmp_path: Path) -> None:
    plain = INGRESSES.replace(CERTIFICATE, "")
    assert "HTTPS" not in diff(seen(tmp_path, plain), "gateway")
    tls = plain.replace(
        "      hosts: [shop", "      spec: {tls: [{hosts: [shop.example.com], secretName: shop}]}\n      hosts: [shop"
    )
    assert "protocol: HTTPS" in diff(seen(tmp_path, tls), "gateway")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("port: {number: 80}", "port: {name: http}", "names its port, and a route needs the number"),
        (
            "          rules:\n",
            "          defaultBackend: {service: {name: x, port: {number: 1}}}\n          rules:\n",
            "a default backend",
        ),
    ],
)
def test_objects_that_are_not_converted_are_listed(tmp_path: Path, before: str, after: str, said: str) -> None:
    found = seen(tmp_path, INGRESSES.replace(before, after))
    assert any(said in str(each) for each in found.stays)
    assert "docs-route" not in diff(found, "routes")


def test_an_old_controller_of_load_balancers_stops_it(tmp_path: Path) -> None:
    found = seen(
        tmp_path,
        INGRESSES.replace("aws_load_balancer_controller: {}", "aws_load_balancer_controller: {version: 1.14.0}"),
    )
    assert "serves no Gateways for production; got 1.14.0" in in_the_way(found, "gateway")


def test_without_external_dns_records_are_for_people(tmp_path: Path) -> None:
    line = next(each for each in INGRESSES.splitlines(keepends=True) if "external_dns" in each)
    found = seen(tmp_path, INGRESSES.replace(line, ""))
    assert diff(found, "traffic") == ""
    assert "sources" not in diff(found, "routes")


def test_auto_mode_without_the_controller_is_refused(tmp_path: Path) -> None:
    text = HEAD + "  auto_mode: {}\naddons: {ingress_nginx: {}}\n"
    with pytest.raises(InputError, match="has no aws_load_balancer_controller, which serves the Gateway"):
        seen(tmp_path, text)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    text = INGRESSES.replace("  docs:\n    kind", "  gateways: {kind: keda}\n  docs:\n    kind")
    with pytest.raises(InputError, match=r"addons\.gateways: is the name of the Gateways' objects"):
        seen(tmp_path, text)


def test_all_that_ingress2gateway_refuses_is_known() -> None:
    for name in (
        "auth-url",
        "configuration-snippet",
        "mirror-uri",
        "use-regex",
        "limit-rps",
        "auth-tls-secret",
        "cors-allow-origin",
    ):
        found = counterpart(f"{PREFIX}{name}")
        assert found is not None
        assert "not known" not in found.do
    assert counterpart("cert-manager.io/cluster-issuer") is None
    assert list(concerning(None)) == []


def test_a_half_migrated_file_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(INGRESSES)
    for _ in range(3):
        write_next(look(migration(NAME), "prod", file))
    # Somebody adds another workload with an Ingress meanwhile.
    more = (
        "  more:\n    kind: deployment\n    namespace: shop\n    image: example.com/more:1.0\n    ports: {http: 8080}\n"
    )
    more += "    ingress: {ingress_class: nginx, hosts: [more.example.com]}\n"
    file.write_text(file.read_text().replace("workloads:\n  web:", f"workloads:\n{more}  web:", 1))
    found = look(migration(NAME), "prod", file)
    assert found.next is not None
    assert found.next.phase.id == "routes"
    assert "more.example.com" in found.next.diff
