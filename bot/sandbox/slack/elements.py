"""Block Kit elements: fields and limits of each. Source: docs.slack.dev/reference/block-kit/block-elements."""

from bot.sandbox.slack.shapes import Check, Shape, anything, boolean, items, number, one_of, string, text

KIND: dict[str, Check] = {"type": anything}
ACTION: dict[str, Check] = {"action_id": string(255, 1)}
PLAIN_75, PLAIN_150 = text(75, plain=True), text(150, plain=True)

CONFIRM = Shape(
    {"title": text(100, plain=True), "text": text(300), "confirm": text(30, plain=True), "deny": text(30, plain=True)},
    {"style": one_of("primary", "danger")},
)
OPTION = Shape({"text": text(75), "value": string(150)}, {"description": text(75), "url": string(3000)})
GROUP = Shape({"label": PLAIN_75, "options": items(OPTION, 100)})
COMMON: dict[str, Check] = {**ACTION, "confirm": CONFIRM, "focus_on_load": boolean}
PLACED: dict[str, Check] = {**COMMON, "placeholder": PLAIN_150}
TYPED: dict[str, Check] = {
    **ACTION,
    "placeholder": PLAIN_150,
    "initial_value": string(3000),
    "focus_on_load": boolean,
    "dispatch_action_config": anything,
}
LENGTHS: dict[str, Check] = {"multiline": boolean, "min_length": number, "max_length": number}
OPTIONS: dict[str, Check] = {"options": items(OPTION, 100), "option_groups": items(GROUP, 100)}
MANY: dict[str, Check] = {"max_selected_items": number}
FILTER: dict[str, Check] = {
    "response_url_enabled": boolean,
    "default_to_current_conversation": boolean,
    "filter": anything,
}

ELEMENTS: dict[str, Check] = {
    "button": Shape(
        {**KIND, "text": PLAIN_75},
        {
            **COMMON,
            "value": string(2000),
            "url": string(3000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "image": Shape({**KIND, "alt_text": string(2000)}, {"image_url": string(3000, 1), "slack_file": anything}),
    "overflow": Shape({**KIND, "options": items(OPTION, 5)}, COMMON),
    "static_select": Shape(KIND, {**PLACED, **OPTIONS, "initial_option": OPTION}),
    "multi_static_select": Shape(KIND, {**PLACED, **OPTIONS, **MANY, "initial_options": items(OPTION, 100)}),
    "external_select": Shape(KIND, {**PLACED, "initial_option": OPTION, "min_query_length": number}),
    "users_select": Shape(KIND, {**PLACED, "initial_user": string(255)}),
    "multi_users_select": Shape(KIND, {**PLACED, **MANY, "initial_users": items(string(255), 100)}),
    "channels_select": Shape(KIND, {**PLACED, "initial_channel": string(255), "response_url_enabled": boolean}),
    "conversations_select": Shape(KIND, {**PLACED, **FILTER, "initial_conversation": string(255)}),
    "datepicker": Shape(KIND, {**PLACED, "initial_date": string(10, 10)}),
    "timepicker": Shape(KIND, {**PLACED, "initial_time": string(5, 5), "timezone": string(255)}),
    "datetimepicker": Shape(KIND, {**COMMON, "initial_date_time": number}),
    "checkboxes": Shape({**KIND, "options": items(OPTION, 10)}, {**COMMON, "initial_options": items(OPTION, 10)}),
    "radio_buttons": Shape({**KIND, "options": items(OPTION, 10)}, {**COMMON, "initial_option": OPTION}),
    "plain_text_input": Shape(KIND, {**TYPED, **LENGTHS}),
    "email_text_input": Shape(KIND, TYPED),
    "url_text_input": Shape(KIND, TYPED),
    "number_input": Shape(
        {**KIND, "is_decimal_allowed": boolean}, {**TYPED, "min_value": string(20), "max_value": string(20)}
    ),
}

INPUTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
CHOICES = frozenset(ELEMENTS) - INPUTS - {"button", "image", "overflow"}
IN_SECTION = CHOICES | {"button", "image", "overflow"}
IN_ACTIONS = CHOICES | {"button", "overflow"}
IN_INPUT = CHOICES | INPUTS
