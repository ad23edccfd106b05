"""Who carries out what add-ons ask for, where it is not Helm from this program: Argo CD or Flux, in the cluster."""
