"""Bytes and rows under names: two protocols, and the places that keep them.

Nothing here knows what a package is. An adapter is right when it passes
tests/storage/contract, and that suite is its whole specification.
"""
