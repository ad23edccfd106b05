"""What the pinned charts render: their objects as plain data, read from a dated table or from a real render."""
