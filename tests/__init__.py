"""Tests of microlog_nb; `tests.pictures` and `tests.programs` are shared by several of them."""
