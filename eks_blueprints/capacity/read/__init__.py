"""Platforms read from what there is: the plan of a stack, a cluster's export, a table of requests."""
