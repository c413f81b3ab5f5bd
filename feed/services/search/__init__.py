"""Search: an index in a folder of this process, which follows the log.

The index is a document, only a large one: everything in it can be rebuilt from
the log. `index`, `plan` and `fields` are all that knows the engine, they are
synchronous, and they are imported when somebody first searches.
"""
