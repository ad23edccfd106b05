"""One cluster, by kubectl: the commands are the ones that people would type."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eks_blueprints.core import stopping
from eks_blueprints.live.errors import LiveError

_SECONDS = 120
_NO_SUCH_KIND = (
    "the server doesn't have a resource type",
    "could not find the requested resource",
    "no matches for kind",
)


class Kubectl:
    """kubectl with one kubeconfig. `access` gives its text anew for each command, because tokens expire."""

    def __init__(
        self, access: Callable[[], str] | None = None, *, file: Path | None = None, context: str | None = None
    ):
        if shutil.which("kubectl") is None:
            raise LiveError("needs kubectl; got none on the PATH; install it: https://kubernetes.io/docs/tasks/tools/")
        self._access, self._file, self._context = access, file, context

    def objects(self, kind: str, *options: str) -> list[Mapping[str, Any]]:
        """The objects of a kind, such as `nodeclaims.karpenter.sh`; none where the cluster has no such kind.

        Raises:
            LiveError: if the cluster does not answer, or refuses to.
        """
        code, out, err = self.answer("get", kind, *options, "--output", "json")
        if code:
            if any(each in err for each in _NO_SUCH_KIND):
                return []
            raise LiveError(self._complaint(f"list {kind}", err))
        found = json.loads(out)
        return list(found["items"]) if "items" in found else [found]

    def do(self, *words: str) -> str:
        """Run a command, and return what it prints.

        Raises:
            LiveError: if it fails.
        """
        code, out, err = self.answer(*words)
        if code:
            raise LiveError(self._complaint(" ".join(words[:2]), err))
        return out

    def server(self) -> Mapping[str, Any]:
        """Where its kubeconfig leads: `server`, `certificate-authority-data`.

        Raises:
            LiveError: if the kubeconfig or its context is none.
        """
        found = json.loads(self.do("config", "view", "--raw", "--minify", "--flatten", "--output", "json"))
        clusters = found.get("clusters") or ()
        if not clusters:
            raise LiveError("the kubeconfig names no cluster; got an empty one; add --kubeconfig FILE --context NAME")
        return dict(clusters[0]["cluster"])

    def answer(self, *words: str) -> tuple[int, str, str]:
        """Exit code and what a command prints, on standard output and standard error.

        Raises:
            LiveError: if it does not come back.
        """
        stopping.check()
        options = ["--context", self._context] if self._context else []
        with tempfile.TemporaryDirectory() as folder:
            file = self._file
            if self._access is not None:
                file = Path(folder) / "kubeconfig"
                file.touch(mode=0o600)
                file.write_text(self._access(), encoding="utf-8")
            command = ["kubectl", *(["--kubeconfig", str(file)] if file is not None else []), *options, *words]
            try:
                done = subprocess.run(  # noqa: S603 - no shell, and words of our own
                    command, capture_output=True, text=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL
                )
            except subprocess.TimeoutExpired:
                message = f"kubectl {' '.join(words[:2])} gave no answer in {_SECONDS} seconds"
                raise LiveError(f"{message}; check the network to the cluster's endpoint") from None
        return done.returncode, done.stdout, done.stderr

    @staticmethod
    def _complaint(what: str, said: str) -> str:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        last = (lines[-1] if lines else "kubectl said nothing").removeprefix("error: ")
        return f"cannot {what}; kubectl says {last}; check that you can reach the cluster and have the rights"


def namespaced_name(thing: Mapping[str, Any]) -> str:
    """`namespace/name` of an object, or its name alone."""
    metadata = thing.get("metadata") or {}
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata.get('name')}" if namespace else str(metadata.get("name"))


def forbidding(budgets: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Names of the PodDisruptionBudgets that allow no eviction now of pods that they have."""
    for budget in budgets:
        status = budget.get("status") or {}
        if status.get("expectedPods") and not status.get("disruptionsAllowed"):
            yield namespaced_name(budget)


def names(things: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Their names, in order."""
    return tuple(sorted(namespaced_name(each) for each in things))
