"""Kubernetes objects in YAML or JSON, as namespaces, workloads and manifests of a stack file.

A module for each step: `sources` reads objects, `cleaned` takes out what a cluster wrote into them, `secret_values`
what is secret, `groups` finds what belongs to each workload, `fields` says a workload in the fields of its element,
`elements` draws that element and mends it until it makes the same objects, and `part` puts all of it together.
"""
