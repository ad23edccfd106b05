"""What Acme adds to EKS blueprints."""
