"""What a drop-in door writes into a body's headers: what the request's address says and its body does not.

The headers are stored with the body, so that reading it again (after an outage, or when a process died) comes to the
same. Whoever may send a body to a source may also send these headers with it: they give no right that it has not.
"""

from typing import Final

ALIAS: Final = "Ecotrajet-Alias"
"""The key of the alert that is meant; for a new one without a key of its own: the one that the door made up."""
ACTION: Final = "Ecotrajet-Action"
"""What is to be done with it: the last part of Opsgenie's path, or `change`, `heartbeat`."""
