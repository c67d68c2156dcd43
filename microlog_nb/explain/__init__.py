"""Explains a recording with a language model: facts, what is kept from it, what is sent, and what comes back."""
