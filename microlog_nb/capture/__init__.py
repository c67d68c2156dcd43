"""Everything that observes the running program and writes what it saw to a builder."""
