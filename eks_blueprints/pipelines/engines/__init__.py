"""What runs pipelines: each engine renders one graph of stages."""
