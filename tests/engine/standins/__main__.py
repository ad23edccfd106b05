"""Start one stand-in: `python standins aws|kubernetes|eks`, as the engine starts any plugin."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)

from standins.base import serve  # noqa: E402


def main() -> None:
    package = sys.argv[1]
    if package == "aws":
        from standins.aws.provider import AwsProvider

        serve(AwsProvider())
    elif package == "kubernetes":
        from standins.kubernetes.provider import KubernetesProvider

        serve(KubernetesProvider())
    elif package == "eks":
        from standins.eks import EksProvider

        serve(EksProvider())
    else:
        raise SystemExit(f"no stand-in for {package}")


main()
