"""Another Slack than the sandbox: written from docs.slack.dev alone, to judge the desk by somebody else's reading."""

from tests.otherslack.slack import OtherSlack, eventually, other_slack, signed
from tests.otherslack.web_api import SECRET

__all__ = ["SECRET", "OtherSlack", "eventually", "other_slack", "signed"]
