"""Where somebody who does not handle incidents finds help, in the guide's order (§6.1). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aid:
    """`faq` and `status` are addresses; `support` is what the file says: a channel, a mail address. '' for none."""

    faq: str = ""
    status: str = ""
    support: str = ""
