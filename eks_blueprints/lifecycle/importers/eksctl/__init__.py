"""eksctl's ClusterConfig as a stack file, and a stack file as a ClusterConfig.

A module for each step: `schema` knows every field of a ClusterConfig and refuses what is none, `source` reads a file,
`rules.toml` says what becomes of each field, by a name or by a step of `steps/`, `build` collects the stack file with
the origin of each value, `defaults` writes down what eksctl does where a file says nothing, `judged` leaves out what a
stack file refuses, `remarks` takes comments along, `told` says what was done, and `imported` puts it together.
`exported` goes the other way.
"""
