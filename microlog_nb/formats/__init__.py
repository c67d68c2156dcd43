"""Ways to keep a recording: one format a file. `dump` writes, `load` reads and trusts nothing."""
