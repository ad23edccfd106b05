"""Renew eks_blueprints/review/cost/instance_prices.csv from the newest Karpenter; review the diff.

    python scripts/renew_prices.py

Karpenter renews its table of on-demand prices from AWS's price list. Needs the network (the Go module proxy).
"""

from __future__ import annotations

import re
from pathlib import Path

from go_modules import Archive, releases

MODULE = "github.com/aws/karpenter-provider-aws"
SOURCE = "pkg/providers/pricing/zz_generated.pricing_aws.go"
TABLE = Path(__file__).parents[1] / "eks_blueprints" / "review" / "cost" / "instance_prices.csv"


def main() -> None:
    """Download the newest release and write the table."""
    text = Archive(MODULE, releases(MODULE)[-1]).text(SOURCE) or ""
    TABLE.write_text(table(text), encoding="utf-8")


def table(text: str) -> str:
    """The table's text, from the Go source."""
    made = re.search(r"generated at (\d{4}-\d\d-\d\d)\S* for (\S+)", text)
    if made is None:
        raise SystemExit(f"{SOURCE} does not say when it was generated")
    prices = {name: float(price) for name, price in re.findall(r'"([a-z0-9-]+\.[a-z0-9-]+)": ([0-9.]+)', text)}
    head = [
        f"# On-demand list prices of EC2 instances, Linux, in US dollars an hour, in {made[2]}.",
        f"# source: aws/karpenter-provider-aws {SOURCE}, generated {made[1]} from AWS's price list",
        f"# as_of:  {made[1]}",
        "# renew:  python scripts/renew_prices.py",
        "# needs:  package registries",
        "type,hour",
    ]
    return "\n".join([*head, *(f"{name},{price:g}" for name, price in sorted(prices.items()))]) + "\n"


if __name__ == "__main__":
    main()
