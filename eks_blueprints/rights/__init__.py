"""Who can do what on the clusters of a stack, as far as its plan tells."""
