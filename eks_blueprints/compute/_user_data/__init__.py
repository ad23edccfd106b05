"""User data: what a node is told at its first start, one family of images a module; plain text in, plain text out."""
