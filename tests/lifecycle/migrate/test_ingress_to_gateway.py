"""ingress-nginx to the Gateway API: annotations, classes, and what keeps ingress-nginx where it is."""

from __future__ import annotations

import json

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.migrate.ingress_annotations import PREFIX, concerning, counterpart

from .platforms import HEAD, INGRESSES
from .walked import Walked, walked

NAME = "ingress-nginx-to-gateway-api"
PICTURES = f"        {PREFIX}proxy-body-size: 8m  # pictures\n"
CERTIFICATE = INGRESSES[INGRESSES.index("    certificate_arns") : INGRESSES.index("    config:")]
CHART = "  grafana: {values: {ingress: {ingressClassName: nginx}}}\n"
DOCS = "  docs:\n    kind"


def seen(text: str) -> Walked:
    return walked(NAME, text)


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
def test_annotations_say_whether_a_route_is_made(annotation: str, made: bool) -> None:
    found = seen(INGRESSES.replace(PICTURES, f"        {PREFIX}{annotation}\n"))
    assert ("http_route" in found.after["routes"]["workloads"]["web"]) is made
    assert ("workloads.web.ingress: is served by it still" in found.in_the_way("remove")) is not made
    told = [each for each in found.stays if "workloads.web.ingress.annotations" in each]
    assert len(told) == (0 if annotation in ('canary: "false"', "backend-protocol: HTTP") else 1)


def test_a_route_that_people_wrote_is_taken() -> None:
    text = INGRESSES.replace(PICTURES, f"        {PREFIX}rewrite-target: /$2\n")
    text = text.replace("    # the shop itself\n", "    http_route: {gateway: public, gateway_namespace: gateways}\n")
    found = seen(text)
    assert "ingress" not in found.after["ingresses"]["workloads"]["web"]
    assert found.in_the_way("remove") == ""


def test_values_of_charts_keep_ingress_nginx() -> None:
    found = seen(INGRESSES.replace(DOCS, CHART + DOCS))
    assert "addons.grafana.values.ingress.ingressClassName: makes an Ingress of a class" in found.in_the_way("remove")


def test_each_controller_gets_a_gateway_of_its_scheme() -> None:
    inner = "  inner: {kind: ingress_nginx, namespace: inner, ingress_class: inner}\n"
    text = INGRESSES.replace(DOCS, inner + DOCS).replace("{ingress_class: nginx,", "{ingress_class: inner,")
    found = seen(text)
    made = found.after["gateway"]["addons"]["gateways"]["manifests"]
    schemes = {key: made[f"{key}-configuration"]["spec"]["scheme"] for key in ("public", "internal")}
    assert schemes == {"public": "internet-facing", "internal": "internal"}
    team = found.after["routes"]["teams"]["blog"]["workloads"]["posts"]
    assert team["http_route"] == {
        "gateway": "internal",
        "gateway_namespace": "gateways",
        "hosts": ["blog.example.com"],
        "path": "/posts",
        "path_type": "Exact",
    }


def test_tls_that_nginx_ends_gets_a_listener() -> None:
    def listeners(text: str) -> list[str]:
        gateway = seen(text).after["gateway"]["addons"]["gateways"]["manifests"]["public"]
        return [each["protocol"] for each in gateway["spec"]["listeners"]]

    plain = INGRESSES.replace(CERTIFICATE, "")
    assert listeners(plain) == ["HTTP"]
    tls = "      spec: {tls: [{hosts: [shop.example.com], secretName: shop}]}\n"
    assert listeners(plain.replace("      hosts: [shop", f"{tls}      hosts: [shop")) == ["HTTP", "HTTPS"]
    assert listeners(INGRESSES) == ["HTTP", "HTTPS"]
    said = [str([(phase.before, phase.after) for phase in seen(text).way.phases]) for text in (plain, INGRESSES)]
    assert ["http://HOST" in each for each in said] == [True, False]
    assert ["https://HOST" in each for each in said] == [False, True]


def test_every_certificate_goes_along() -> None:
    arns = [f"arn:aws:acm:eu-west-1:111122223333:certificate/{number * 8}" for number in "123"]
    text = INGRESSES.replace(CERTIFICATE, f"    certificate_arns: {json.dumps(arns)}\n")
    made = seen(text).after["gateway"]["addons"]["gateways"]["manifests"]["public-configuration"]
    assert made["spec"]["listenerConfigurations"] == [
        {"protocolPort": "HTTPS:443", "defaultCertificate": arns[0], "certificates": arns[1:]}
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("port: {number: 80}", "port: {name: http}", "names its port, and a route needs the number"),
        (
            "          rules:\n",
            "          defaultBackend: {}\n          rules: []\n          x:\n",
            "a default backend",
        ),
    ],
)
def test_objects_that_are_not_converted_are_listed(before: str, after: str, said: str) -> None:
    found = seen(INGRESSES.replace(before, after))
    assert any(said in each for each in found.stays)
    assert "docs-route" not in found.after["routes"]["addons"]["docs"]["manifests"]


def test_an_object_is_a_route_with_its_hosts_and_paths() -> None:
    route = seen(INGRESSES).after["routes"]["addons"]["docs"]["manifests"]["docs-route"]
    assert route["metadata"] == {"name": "docs", "namespace": "shop"}
    assert route["spec"] == {
        "parentRefs": [{"name": "public", "namespace": "gateways"}],
        "hostnames": ["docs.example.com"],
        "rules": [
            {
                "matches": [{"path": {"type": "Exact", "value": "/"}}],
                "backendRefs": [{"name": "docs", "port": 80}],
            }
        ],
    }


def test_objects_of_teams_are_routed_too() -> None:
    object_ = INGRESSES[INGRESSES.index("      docs:\n        apiVersion") : INGRESSES.index("workloads:")]
    found = seen(INGRESSES.replace("  blog:\n", f"  blog:\n    manifests:\n{object_}"))
    made = found.after["routes"]["teams"]["blog"]["manifests"]
    assert list(made) == ["docs", "docs-route"]
    assert list(found.after["ingresses"]["teams"]["blog"]["manifests"]) == ["docs-route"]
    assert found.in_the_way("remove") == ""


def test_an_old_controller_of_load_balancers_stops_it() -> None:
    found = seen(INGRESSES.replace("_controller: {}", "_controller: {version: 1.14.0}"))
    assert "serves no Gateways for production; got 1.14.0" in found.in_the_way("gateway")


def test_without_external_dns_records_are_for_people() -> None:
    line = next(each for each in INGRESSES.splitlines(keepends=True) if "external_dns" in each)
    assert not seen(INGRESSES.replace(line, "")).changed("traffic")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "  auto_mode: {}\naddons: {ingress_nginx: {}}\n", "has no aws_load_balancer_controller"),
        (INGRESSES.replace(DOCS, f"  gateways: {{kind: keda}}\n{DOCS}"), "is the name of the Gateways' objects"),
        (HEAD, "has no ingress_nginx; got none"),
    ],
)
def test_what_does_not_apply_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        seen(text)


def test_all_that_ingress2gateway_refuses_is_known() -> None:
    for name in ("auth-url", "configuration-snippet", "mirror-uri", "use-regex", "limit-rps", "cors-allow-origin"):
        found = counterpart(f"{PREFIX}{name}")
        assert found is not None
        assert "not known" not in found.do
    assert counterpart("cert-manager.io/cluster-issuer") is None
    assert list(concerning(None)) == []


def test_a_half_migrated_file_goes_on() -> None:
    """Somebody adds a workload with an Ingress in the middle of it."""
    data = seen(INGRESSES).after["traffic"]
    more = {"ingress": {"ingress_class": "nginx", "hosts": ["more.example.com"]}}
    data["workloads"]["more"] = {"kind": "deployment", **more}
    found = walked(NAME, json.dumps(data))
    assert [phase for phase in found.after if found.changed(phase)] == ["routes", "traffic", "ingresses", "remove"]
    assert found.in_the_way("remove") == ""
