"""Official clients against the feed, each as its users run it.

A case asserts the exit code, what the person reads, the files that arrive, and
from the feed's own access log which requests were made. Cases share packages,
but no cache: each has a machine of its own.
"""
