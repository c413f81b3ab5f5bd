"""`bench`: what the feed costs, measured: one module for each part of `docs/benchmarks.md`.

A part is a function that gives tables, and takes the size of what it measures, so
that a test can run it in a moment. Whatever must not disturb what is measured runs
in a process of its own.
"""
