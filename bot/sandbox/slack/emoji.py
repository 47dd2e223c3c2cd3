"""The emoji shortcodes a desk uses, as Unicode; an unknown one stays as it was typed, as in Slack."""

from types import MappingProxyType

EMOJI = MappingProxyType(
    {
        "rotating_light": "🚨", "fire": "🔥", "warning": "⚠️", "white_check_mark": "✅", "heavy_check_mark": "✔️",
        "x": "❌",
        "no_entry": "⛔", "no_entry_sign": "🚫", "octagonal_sign": "🛑", "question": "❓", "exclamation": "❗",
        "red_circle": "🔴", "large_orange_circle": "🟠", "large_yellow_circle": "🟡", "large_green_circle": "🟢",
        "large_blue_circle": "🔵", "large_purple_circle": "🟣", "white_circle": "⚪", "black_circle": "⚫",
        "bell": "🔔", "no_bell": "🔕", "mega": "📣", "loudspeaker": "📢", "telephone": "☎️", "telephone_receiver": "📞",
        "phone": "☎️", "iphone": "📱", "email": "📧", "envelope": "✉️", "speech_balloon": "💬", "eyes": "👀",
        "wave": "👋", "pray": "🙏", "tada": "🎉", "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎",
        "clap": "👏", "muscle": "💪", "raised_hands": "🙌", "ok_hand": "👌", "point_right": "👉", "hand": "✋",
        "rocket": "🚀", "package": "📦", "whale": "🐳", "hammer": "🔨", "hammer_and_wrench": "🛠️", "wrench": "🔧",
        "gear": "⚙️", "mag": "🔍", "bar_chart": "📊", "chart_with_upwards_trend": "📈", "clipboard": "📋", "memo": "📝",
        "pushpin": "📌", "link": "🔗", "lock": "🔒", "unlock": "🔓", "key": "🔑", "shield": "🛡️", "bug": "🐛",
        "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "stopwatch": "⏱️", "alarm_clock": "⏰", "clock3": "🕒",
        "calendar": "📅", "arrows_counterclockwise": "🔄", "repeat": "🔁", "rewind": "⏪", "arrow_up": "⬆️",
        "arrow_down": "⬇️", "arrow_right": "➡️", "leftwards_arrow_with_hook": "↩️", "bust_in_silhouette": "👤",
        "busts_in_silhouette": "👥", "robot_face": "🤖", "zzz": "💤", "zap": "⚡", "boom": "💥", "sparkles": "✨",
        "green_heart": "💚", "heart": "❤️",
        "smile": "😄", "slightly_smiling_face": "🙂", "cry": "😢", "thinking_face": "🤔",
        "sweat_smile": "😅", "ambulance": "🚑", "fire_engine": "🚒", "construction": "🚧", "checkered_flag": "🏁",
        "information_source": "ℹ️", "bulb": "💡", "books": "📚", "book": "📖", "sos": "🆘", "new": "🆕", "ok": "🆗",
        "computer": "💻", "floppy_disk": "💾", "file_folder": "📁", "page_facing_up": "📄", "scroll": "📜",
        "wastebasket": "🗑️", "crystal_ball": "🔮", "satellite": "🛰️", "globe_with_meridians": "🌐",
    }
)  # fmt: skip


def emoji(shortcode: str) -> str:
    """The character for a shortcode without its colons, or the shortcode with them."""
    return EMOJI.get(shortcode, f":{shortcode}:")
