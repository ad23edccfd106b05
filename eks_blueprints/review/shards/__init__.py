"""Fleets beyond one machine: each of several looks at its share of the stacks, and their reports are joined into one.

A shard's file holds the JSON report of its stacks, what the other formats are made of, and what has to be the same in
all shards. Joining reads these back into the one report model, from which every format is rendered as always.
"""
