"""The `microlog` command in real processes."""
