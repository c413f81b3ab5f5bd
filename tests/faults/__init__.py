"""Proof that a push, or any change, either happened or did not, wherever it is stopped.

`process.py` stands between a feed and its storage and decides the fate of any
call; `checks.py` says what must hold then; the tests try every call and every
fate. Time is virtual: an hour of waiting takes no time at all.
"""
