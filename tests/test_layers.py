"""The layers of docs/design/layers.md: each module imports only from its own layer and those before it."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "eks_blueprints"

LAYERS: list[set[str]] = [
    {"errors", "spec", "document", "versions", "facts"},
    {"component", "refs", "elements", "references", "iam", "iam_roles", "kubeconfig", "leaves", "naming"}
    | {"helm", "kubernetes_object"},
    {"network", "cluster", "access", "karpenter"},
    {"compute", "addons", "delivery"},
    {"blueprint"},
    {"stackfile", "recording", "inputs", "policies"},
    {"preview", "reference", "teardown"},
    {"diff", "cost"},
    {"report"},
    {"comment", "engine"},
    {"testing"},
    {"cli", "__main__"},
]
"""Parts of the package by layer; what one layer holds never imports from a later one."""

NO_PULUMI = ["errors", "spec", "document", "versions", "elements", "helm", "iam", "naming", "leaves"]
"""Parts that load without pulumi, as do all modules named `spec`."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """`eks_blueprints/network/spec.py` is of the part `network`."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def layer_of(part: str) -> int:
    """The layer that a part is in."""
    found = [number for number, parts in enumerate(LAYERS) if part in parts]
    assert found, f"{part} is in no layer: add it to the table here and in docs/design/layers.md"
    return found[0]


def imports(tree: ast.AST, *, lazy: bool) -> Iterator[str]:
    """The modules that a module imports; those imported inside functions or for type checkers only if `lazy`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        elif lazy or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imports(node, lazy=lazy)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_from_earlier_layers(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    tree = ast.parse(path.read_text())
    mine = layer_of(part_of(path))
    for module in imports(tree, lazy=True):
        if module.startswith("eks_blueprints."):
            other = module.split(".")[1]
            assert layer_of(other) <= mine, f"{path.name} imports {module} from a later layer"


def test_specs_load_without_pulumi() -> None:
    """Reading a stack file must not cost the half second that pulumi takes to import."""
    import subprocess

    specs = [p for p in MODULES if p.stem == "spec" and p.parent != PACKAGE]
    names = [f"eks_blueprints.{name}" for name in NO_PULUMI if any(part_of(p) == name for p in MODULES)]
    names += [".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts) for p in specs]
    names += ["eks_blueprints.stackfile", "eks_blueprints.reference.schema", "eks_blueprints.cli.check"]
    code = f"import sys, importlib; [importlib.import_module(n) for n in {names}]; assert 'pulumi' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
