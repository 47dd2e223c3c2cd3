"""What Slack says when it refuses."""

from slack_sdk.errors import SlackApiError


def word_of(refused: SlackApiError) -> str:
    """Slack's word for it, such as `channel_not_found`; '' when the answer was not Slack's (a proxy's page)."""
    data = getattr(refused.response, "data", refused.response)
    return str(data.get("error") or "") if isinstance(data, dict) else ""
