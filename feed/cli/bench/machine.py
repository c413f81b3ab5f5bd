"""What kind of machine this is, in words that tell nobody which."""

import os
import platform

_GB = 2**30


def describe() -> str:
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {_memory()}"
        f"{platform.system()}, {platform.python_implementation()} {platform.python_version()}"
    )


def _memory() -> str:
    if not hasattr(os, "sysconf"):  # Windows
        return ""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / _GB:.0f} GB, "
