"""The arithmetic of the HorizontalPodAutoscaler's controller, step by step, without a cluster.

Source: kube-controller-manager 1.36.3, `pkg/controller/podautoscaler`; `tests/kubernetes/autoscaler_verdicts.json`
holds what that code answers. From 1.33 to 1.37 nothing else is computed, but for the tolerances, which 1.35 and newer
take from `behavior`.
"""
