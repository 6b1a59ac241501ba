"""The loopback site, for the crawler's tests."""

from loopback import _bomb, _reply, site

__all__ = ["_bomb", "_reply", "site"]
