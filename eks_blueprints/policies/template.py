"""What `policy new` writes: a rule, and cases to try it on."""

from __future__ import annotations

import re

from eks_blueprints.core.errors import shown

RULE = '''"""Our own rules about MODULE."""

from eks_blueprints.policies import Faults, Props, rule


@rule(
    "ID",
    "aws:sqs/queue:Queue",
    severity="high",
    enforcement="mandatory",
    rationale="Messages hold customer data.",
    fix="Set kmsMasterKeyId.",
)
def check(queue: Props) -> Faults:
    """Queues are encrypted with a key of ours."""
    if not queue.has("kmsMasterKeyId"):
        yield queue.fault("has no key of ours", "kmsMasterKeyId")
'''

CASES = """# What the rule must reject, and what it must accept; tested by: eks-blueprints policy test
ID:
  fail:
    - {type: "aws:sqs/queue:Queue", inputs: {}}
  pass:
    - {type: "aws:sqs/queue:Queue", inputs: {kmsMasterKeyId: alias/shop}}
"""


def names(name: str) -> tuple[str, str]:
    """The module and the rule's id that a name stands for: `queue_keys` and `own-queue-keys`.

    Raises:
        ValueError: if it is not a name for a module.
    """
    module = name.strip().lower().replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", module):
        raise ValueError(f"is not a valid name for a rule; got {shown(name)}; use letters, digits and -")
    words = module.strip("_").replace("_", "-")
    return module, words if "-" in words else f"own-{words}"
