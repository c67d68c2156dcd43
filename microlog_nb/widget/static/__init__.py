"""The built view: `js/` makes it, the wheel carries it."""
