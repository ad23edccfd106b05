"""Kubernetes upgrades of a platform: what stands in the way, the steps in their order, the calendar, and the edits."""
