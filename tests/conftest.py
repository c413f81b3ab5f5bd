"""What all tests share: one profile for properties, the same examples on every run."""

from hypothesis import settings

settings.register_profile("larder", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("larder")
