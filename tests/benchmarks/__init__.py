"""What the product promises about truth, overhead and cost, measured: `make bench`. Nothing here is a test."""
