"""Objects of Karpenter and of EKS Auto Mode as compute of a stack file.

`objects` reads them, `converted` brings those of v1beta1 to v1 and says what that changes, `fields` gives their fields
the names that they have here, `part` puts them together as elements, and `told` says what was done.
"""
