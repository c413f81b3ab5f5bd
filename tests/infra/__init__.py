"""infra/ without Azure: read, and worked out as Azure's Resource Manager would.

`syntax.py` reads Bicep, `deployment.py` works out what a deployment would make.
Both know as much of Bicep as infra/ uses and fail on anything else.
"""
