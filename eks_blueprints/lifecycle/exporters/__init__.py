"""Stack files in the formats of other tools, as far as these reach; what they cannot say is reported."""
