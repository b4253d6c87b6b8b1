"""The official SDKs as an oracle: they and our decoder read the same bytes, and every difference has its reason.

`nox -s oracle` runs it; pytest does not collect it, since it needs the SDKs.
"""
