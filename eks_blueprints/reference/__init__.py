"""What is generated from the specs: the JSON Schema that editors use, and the reference pages."""
