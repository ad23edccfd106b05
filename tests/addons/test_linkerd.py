"""Linkerd: its certificates, and the CRDs it stands on."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from eks_blueprints.addons.linkerd import Linkerd, LinkerdIssuer
from tests.builders import recorded


def values(role: str = "release", **fields: Any) -> Any:
    return recorded(Linkerd(**fields).install).one("Release", f"-{role}")["values"]


def issuer() -> LinkerdIssuer:
    return LinkerdIssuer(trust_anchors="anchors", certificate="certificate", key=pulumi.Output.from_input("secret"))


def test_cert_manager_keeps_its_certificates_by_default() -> None:
    assert values()["identity"] == {"externalCA": True, "issuer": {"scheme": "kubernetes.io/tls"}}


def test_certificates_of_ones_own() -> None:
    found = recorded(lambda cluster: Linkerd(issuer=issuer()).install(cluster)).one("Release", "-release")["values"]
    assert found["identityTrustAnchorsPEM"] == "anchors"
    assert found["identity"]["issuer"]["tls"]["crtPEM"] == "certificate"
    assert found["identity"]["issuer"]["tls"]["keyPEM"] != "secret"


def test_the_key_is_not_written_down() -> None:
    with pytest.raises(ValidationError, match=r"issuer.key\s+is stored in plain text"):
        Linkerd.model_validate({"issuer": {"trust_anchors": "a", "certificate": "b", "key": "c"}})


@pytest.mark.parametrize("gateway_api", [True, False])
def test_crds_of_the_gateway_api_come_with_its_own(gateway_api: bool) -> None:
    assert values("crds", gateway_api=gateway_api) == {"installGatewayAPI": gateway_api}


def test_its_crds_come_first_and_stay() -> None:
    plan = recorded(Linkerd().install)
    crds = plan.one("Release", "-crds")
    crds.has_option(retain_on_delete=True)
    plan.one("Release", "-release").waits_for(crds)
