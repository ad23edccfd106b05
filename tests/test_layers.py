"""The layers of docs/design/layers.md: each module imports only from its own layer and those before it."""

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from tests import ROOT

PACKAGE = ROOT / "eks_blueprints"

FLOORS: list[set[str]] = [
    {"core"},
    {"network", "cluster", "access", "karpenter", "provisioning", "registry", "scheduling"},
    {"addons", "agents", "compute", "kubernetes", "observability", "pipelines", "teams", "workloads"},
    {"blueprint"},
    {"adoption", "stackfile", "recording"},
    {"live", "policies", "reach", "reference", "rights", "starter"},
    {"capacity", "gitops", "review", "lifecycle"},
    {"testing", "cli", "__main__", "iam"},
]
"""Rooms by floor; what one floor holds never imports from a later one."""

INSIDE: dict[str, list[set[str]]] = {
    "core": [
        {
            "clock",
            "errors",
            "form",
            "spec",
            "document",
            "versions",
            "wildcards",
            "facts",
            "lazy",
            "node_settings",
            "tables",
        }
        | {
            "address_ranges",
            "argocd",
            "charts",
            "columns",
            "late_modules",
            "late_specs",
            "files",
            "git_revisions",
            "go_durations",
            "iam_match",
            "json_values",
            "kubeconfig_files",
            "kustomize",
            "object_lists",
            "overlays",
            "page",
            "peer_fields",
            "peers",
            "plain_secrets",
            "printed",
            "redaction",
            "rule_source",
            "secret_objects",
            "secret_text",
            "stopping",
            "support",
            "yaml_events",
            "yaml_problems",
            "yaml_text",
        },
        {
            "component",
            "refs",
            "elements",
            "references",
            "iam",
            "iam_roles",
            "kubeconfig",
            "leaves",
            "naming",
            "telemetry",
        }
        | {
            "buckets",
            "email_topic",
            "helm",
            "images",
            "kubernetes_object",
            "aws_config",
            "caller",
            "role_spec",
            "statements",
            "telemetry",
        },
    ],
    "review": [{"preview"}, {"diff", "cost"}, {"effects"}, {"report"}, {"comment", "engine", "shards"}],
}
"""Floors inside the rooms that have some."""

NO_PULUMI = [
    "errors",
    "spec",
    "document",
    "versions",
    "elements",
    "helm",
    "iam",
    "naming",
    "leaves",
    "aws_config",
    "role_spec",
]
"""Parts of `core` that load without pulumi, as do all modules named `spec`."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def place(module: Sequence[str]) -> tuple[int, int]:
    """Floor of a module's room, and floor inside it: of `core.spec` (0, 0)."""
    room = floor_in(FLOORS, module[0], "the package")
    inside = INSIDE.get(module[0])
    return room, floor_in(inside, module[1], module[0]) if inside and len(module) > 1 else 0


def floor_in(floors: list[set[str]], part: str, where: str) -> int:
    found = [number for number, parts in enumerate(floors) if part in parts]
    assert found, f"{part} is on no floor of {where}: add it to the table here and in docs/design/layers.md"
    return found[0]


def dotted(path: Path) -> list[str]:
    """`eks_blueprints/network/spec.py` is `[network, spec]`."""
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def imports(tree: ast.AST, *, lazy: bool) -> Iterator[str]:
    """The modules that a module imports; those imported inside functions or for type checkers only if `lazy`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            if lazy:
                yield from late_ones(node.orelse)
        elif lazy or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imports(node, lazy=lazy)


def late_ones(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """The modules of classes that are loaded when they are needed: of `X = late("eks_blueprints.room.module", "X")`."""
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "late":
            yield ast.literal_eval(node.args[0])


@cache
def imported(path: Path) -> tuple[str, ...]:
    """All that a module imports, wherever in it."""
    return tuple(imports(ast.parse(path.read_text()), lazy=True))


def upwards(path: Path) -> Iterator[str]:
    """What a module imports from a later floor, and what is on none."""
    try:
        mine = place(dotted(path))
        for module in imported(path):
            if module.startswith("eks_blueprints."):
                other = place(module.split(".")[1:])
                if other[0] > mine[0]:
                    yield f"imports {module} from a later floor"
                elif module.split(".")[1] == dotted(path)[0] and other[1] > mine[1]:
                    yield f"imports {module} from a later floor of its room"
    except AssertionError as error:
        yield str(error)


def test_modules_import_only_from_earlier_floors() -> None:
    """All in one test: there are so many that a test for each takes longer than to read them."""
    modules = [path for path in MODULES if path != PACKAGE / "__init__.py"]
    wrong = [f"{path.relative_to(PACKAGE)}: {fault}" for path in modules for fault in upwards(path)]
    assert not wrong, "\n".join(wrong)


ELEMENTS = ("addons", "compute", "teams", "workloads")


def test_rooms_of_elements_do_not_know_one_another() -> None:
    wrong = []
    for path in MODULES:
        room = dotted(path)[:1]
        if room and room[0] in ELEMENTS:
            others = tuple(f"eks_blueprints.{each}" for each in ELEMENTS if each != room[0])
            wrong += [f"{path.relative_to(PACKAGE)}: {name}" for name in imported(path) if name.startswith(others)]
    assert not wrong, "\n".join(wrong)


def test_specs_load_without_pulumi() -> None:
    """Reading a stack file must not cost the half second that pulumi takes to import."""
    import subprocess

    names = [f"eks_blueprints.core.{name}" for name in NO_PULUMI]
    names += [".".join(("eks_blueprints", *dotted(p))) for p in MODULES if p.stem == "spec"]
    names += ["eks_blueprints.stackfile", "eks_blueprints.reference.schema", "eks_blueprints.cli.check"]
    code = f"import sys, importlib; [importlib.import_module(n) for n in {names}]; assert 'pulumi' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_specs_of_pools_load_only_for_platforms_that_have_pools() -> None:
    """They are a quarter of what a check loads."""
    import subprocess

    code = "import sys, eks_blueprints.cli.check; assert 'eks_blueprints.compute.karpenter' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_check_loads_the_kinds_that_a_stack_file_has_and_no_others() -> None:
    """Loading them all would take longer than the rest of a check does."""
    import subprocess

    names = ["compute.fargate", "compute.hybrid_nodes", "compute.self_managed_nodes", "addons.argocd", "addons.fluxcd"]
    names += ["addons.kube_prometheus_stack", "addons.manifests", "addons.storage_classes", "workloads.base"]
    names += ["cluster.control_plane", "cluster.identity_provider", "compute._instance_parts", "karpenter.instances"]
    names += ["compute._instance_requirements", "core.charts.model", "karpenter.requirements"]
    others = {f"eks_blueprints.{name}" for name in [*names, "addons.cluster_autoscaler", "compute.auto_mode"]}
    code = (
        "import sys; from eks_blueprints.stackfile.settle import checked; from pathlib import Path\n"
        f"checked(Path({str(ROOT / 'examples/private_cluster/prod.yaml')!r}))\n"
        f"print(*sorted({others!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_a_check_makes_few_specs_and_builds_those_alone_that_have_values() -> None:
    """Making a spec takes a millisecond, and building its schema two: a check is made of little else."""
    import subprocess

    code = (
        "import sys; from eks_blueprints.stackfile.settle import checked; from pathlib import Path\n"
        "from pydantic import BaseModel\n"
        f"checked(Path({str(ROOT / 'examples/private_cluster/prod.yaml')!r}))\n"
        "def below(cls):\n"
        "    for each in cls.__subclasses__():\n"
        "        yield each\n"
        "        yield from below(each)\n"
        "specs = set(below(BaseModel))\n"
        "modules = [name for name in sys.modules if name.startswith('eks_blueprints.')]\n"
        "print(len(modules), len(specs), sum(each.__pydantic_complete__ for each in specs))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    modules, specs, built = map(int, done.stdout.split())
    assert modules <= 163, "a check loads more modules: import what few platforms need where it is needed"
    assert specs <= 60, "a check makes more specs: let fields whose specs few platforms have name them by late()"
    assert built <= 25, "a check builds specs that it reads no value of"
