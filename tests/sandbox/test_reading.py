"""What a person reads of mrkdwn and Block Kit, and that nothing foreign becomes HTML."""

import pytest

from bot.sandbox import DEMO_PEOPLE
from bot.sandbox.page.look import Look
from bot.sandbox.slack.message import Message, show
from bot.sandbox.slack.mrkdwn import pings, plain


class Names:
    """The directory of these tests."""

    def user_name(self, user_id: str) -> str | None:
        return {"U0AMINA01": "Amina Diallo"}.get(user_id)

    def channel_name(self, channel_id: str) -> str | None:
        return {"C0INCIDEN": "incidents"}.get(channel_id)

    def now(self) -> float:
        return 1795431600 + 200


NAMES = Names()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("*gras* _italique_ ~barré~ `code`", "gras italique barré code"),
        ("2*3*4 et a_b_c", "2*3*4 et a_b_c"),
        ("<@U0AMINA01> dans <#C0INCIDEN>", "@Amina Diallo dans #incidents"),
        ("<https://example.org|ici> <mailto:a@b.fr|écrire>", "ici écrire"),
        (":rotating_light: :inconnu:", "🚨 :inconnu:"),
        ("<!date^1795431600^{date_num} {time}|tantôt>", "2026-11-23 12:00"),
        ("<!date^1795431600^{ago}|12:00>, <!date^1795435400^{ago}|13:03>", "il y a 3 minutes, dans 1 heure"),
        ("&lt;!channel&gt; &amp; co", "<!channel> & co"),
        ("*<@U0AMINA01>* s’en charge", "@Amina Diallo s’en charge"),
    ],
)
def test_mrkdwn_is_read_as_people_read_it(typed: str, read: str) -> None:
    assert plain(typed, NAMES) == read


def test_only_real_mentions_ring() -> None:
    assert list(pings("<!channel> <@U0AMINA01> &lt;!here&gt; @everyone", NAMES)) == ["channel", "U0AMINA01"]
    quoted = Message(
        "C1", "1", "U1", "x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*<!here>*"}}]
    )
    assert show(quoted, NAMES).pings == ("here",)


def test_foreign_text_never_becomes_markup() -> None:
    look = Look(NAMES, {one.slack_id: one for one in DEMO_PEOPLE})
    html = str(look.text('&lt;script&gt; <javascript:alert(1)|ici> "><img src=x> `<b>` <https://a/?"onx=|b>'))
    assert "<script" not in html
    assert "javascript:" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert '"onx' not in html


def test_the_rendered_text_comes_from_the_blocks_and_the_notification_from_the_text() -> None:
    message = Message("C1", "1", "U1", "P1 sur prod")
    message.blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "P1"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*État*\nouvert"}]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0AMINA01"}]}],
        },
    ]
    message.attachments = [{"color": "#d00", "text": "_détail_"}]
    shown = show(message, NAMES)
    assert shown.text == "P1\nÉtat\nouvert\n@Amina Diallo\ndétail"
    assert shown.notification == "P1 sur prod"
