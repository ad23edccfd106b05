"""A stack file as a ClusterConfig of eksctl.

The rules of the import (`importers/eksctl/rules.toml`) are read backwards; `parts` has what more than a name changes,
and `exported` puts both together. `taken` keeps account of which fields of the stack file have been said.
"""
