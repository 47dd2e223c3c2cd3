"""Twilio's REST API: Messages and Calls. Source: twilio.com/docs/messaging/api, twilio.com/docs/voice/api."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import encode_basic_auth, web

from bot.sandbox.faults import Fault
from bot.sandbox.record import Json
from bot.sandbox.telephone.calls import Call
from bot.sandbox.telephone.exchange import FAILED_LATER, Exchange
from bot.sandbox.telephone.sms import API_VERSION, Sms

E164 = re.compile(r"\+[1-9]\d{6,14}")
LONGEST = 1600
MOST_A_PAGE = 1000
MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        20003: "Authenticate",
        20404: "The requested resource was not found",
        20429: "Too Many Requests",
        21205: "Url is not a valid URL",
        21211: "Invalid 'To' Phone Number",
        21212: "Invalid 'From' Phone Number",
        21602: "Message body is required.",
        21604: "'To' phone number is required.",
        21606: "The 'From' phone number provided is not a valid message-capable Twilio phone number.",
        21610: "Attempt to send to unsubscribed recipient",
        21617: "The concatenated message body exceeds the 1600 character limit",
    }
)
STATUS_OF: Mapping[int, int] = MappingProxyType({20003: 401, 20404: 404, 20429: 429})


class TwilioError(Exception):
    """An error code of Twilio's."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class TwilioApi:
    """The resources under /2010-04-01/Accounts/{sid}."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """What the sandbox's server serves for it."""
        base = f"/{API_VERSION}/Accounts/{{account}}"
        return [
            web.post(f"{base}/Messages.json", self.create_message),
            web.get(f"{base}/Messages.json", self.list_messages),
            web.get(f"{base}/Messages/{{sid}}.json", self.one_message),
            web.post(f"{base}/Calls.json", self.create_call),
            web.get(f"{base}/Calls/{{sid}}.json", self.one_call),
            web.get(f"/{API_VERSION}/Accounts/{{account}}.json", self.account),
        ]

    async def _asked(self, request: web.Request) -> tuple[dict[str, str], Fault | None]:
        """Form and armed fault of a call; HTTP errors and lost connections happen here."""
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        sends = request.method == "POST"
        resource = next((one for one in ("Messages", "Calls") if one in request.path), "Accounts")
        name = f"{resource}.{'create' if sends else 'fetch' if 'sid' in request.match_info else 'list'}"
        self.exchange.record.add("twilio", name, form or dict(request.query))
        account = self.exchange.account
        wanted = encode_basic_auth(account.sid, account.auth_token)
        if request.headers.get("Authorization") != wanted or request.match_info["account"] != account.sid:
            raise TwilioError(20003)
        faults = self.exchange.faults if sends else self.exchange.reading_faults
        fault = faults.strike(name, form | {"number": form.get("To", "")})
        if fault is not None and not fault.applied:
            await fault.hold()
            fail(fault, request)
        return form, fault

    async def create_message(self, request: web.Request) -> web.Response:
        """POST Messages.json"""
        try:
            form, fault = await self._asked(request)
            self._check(form, opted_out=form.get("To") in self.exchange.stopped)
            message = Sms(form["From"], form["To"], form["Body"], status_callback=form.get("StatusCallback", ""))
            later = fault.error if fault and isinstance(fault.error, int) else None
            self.exchange.accept(message, later)
        except TwilioError as refused:
            return refusal(refused.code)
        body = message.as_twilio(self.exchange.account.sid) | {"status": "queued"}
        if fault is not None and fault.applied:
            await fault.hold()
            fail(fault, request)
        return web.json_response(body, status=201)

    def _check(self, form: Mapping[str, str], *, opted_out: bool = False) -> None:
        """`opted_out`: STOP stops texts, not calls."""
        number = form.get("To", "")
        checks = (
            (21604, bool(number)),
            (21211, E164.fullmatch(number) is not None),
            (21606, form.get("From") == self.exchange.account.number),
            (21602, bool(form.get("Body"))),
            (21617, len(form.get("Body", "")) <= LONGEST),
            (21610, not opted_out),
        )
        for code, fine in checks:
            if not fine:
                if code != 21610:
                    self.exchange.record.violation(f"twilio: {code} {MEANINGS[code]}")
                raise TwilioError(code)

    async def list_messages(self, request: web.Request) -> web.Response:
        """GET Messages.json, newest first; To, From, DateSent, DateSent>, DateSent<, PageSize, Page, PageToken.

        Dates are whole days in GMT, whatever time stands behind them.
        Source: twilio.com/docs/messaging/api/message-resource, twilio.com/docs/usage/twilios-response (paging)
        """
        try:
            await self._asked(request)
        except TwilioError as refused:
            return refusal(refused.code)
        query, account = request.query, self.exchange.account.sid
        wanted = [one for one in reversed(self.exchange.messages) if matches(one, query)]
        return web.json_response(page_of([one.as_twilio(account) for one in wanted], "messages", request))

    async def one_message(self, request: web.Request) -> web.Response:
        """GET Messages/{sid}.json"""
        try:
            await self._asked(request)
        except TwilioError as refused:
            return refusal(refused.code)
        found = next((one for one in self.exchange.messages if one.sid == request.match_info["sid"]), None)
        return web.json_response(found.as_twilio(self.exchange.account.sid)) if found else refusal(20404)

    async def create_call(self, request: web.Request) -> web.Response:
        """POST Calls.json"""
        try:
            form, _fault = await self._asked(request)
            self._check(dict(form) | {"Body": "call"})
            if not form.get("Url") and not form.get("Twiml"):
                raise TwilioError(21205)
        except TwilioError as refused:
            return refusal(refused.code)
        call = Call(
            sender=form["From"],
            to=form["To"],
            account=self.exchange.account.sid,
            webhooks=self.exchange.webhooks,
            changes=self.exchange.record.changes,
            url=form.get("Url", ""),
            twiml=form.get("Twiml", ""),
            status_callback=form.get("StatusCallback", ""),
            status_events=tuple((await request.post()).getall("StatusCallbackEvent", ["completed"])),  # type: ignore[arg-type]  # a form's strings
            amd_callback=amd_callback(form),
            ring_seconds=min(float(form.get("Timeout") or "60"), self.exchange.ring_seconds),
        )
        self.exchange.dial(call)
        return web.json_response(call.as_twilio() | {"status": "queued"}, status=201)

    async def one_call(self, request: web.Request) -> web.Response:
        """GET Calls/{sid}.json"""
        try:
            await self._asked(request)
        except TwilioError as refused:
            return refusal(refused.code)
        found = next((one for one in self.exchange.calls if one.sid == request.match_info["sid"]), None)
        return web.json_response(found.as_twilio()) if found else refusal(20404)

    async def account(self, request: web.Request) -> web.Response:
        """GET Accounts/{sid}.json, which `ecotrajet check` asks for."""
        try:
            await self._asked(request)
        except TwilioError as refused:
            return refusal(refused.code)
        sid = self.exchange.account.sid
        return web.json_response({"sid": sid, "friendly_name": "sandbox", "status": "active", "type": "Full"})


def page_of(resources: list[Json], name: str, request: web.Request) -> Json:
    """One page of a list. The token is the sid after which the next page begins, so that what is new moves nothing."""
    size = min(int(request.query.get("PageSize", "50")), MOST_A_PAGE)
    after = request.query.get("PageToken", "").removeprefix("PA")
    start = next((at + 1 for at, one in enumerate(resources) if one["sid"] == after), 0)
    shown, left = resources[start : start + size], resources[start + size :]
    number = int(request.query.get("Page", "0"))
    following = request.rel_url.update_query(Page=str(number + 1), PageToken=f"PA{shown[-1]['sid']}") if left else None
    return {
        name: shown,
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(0, start + len(shown) - 1),
        "uri": request.path_qs,
        "first_page_uri": str(request.rel_url.without_query_params("Page", "PageToken")),
        "next_page_uri": str(following) if following else None,
        "previous_page_uri": None,
    }


def amd_callback(form: Mapping[str, str]) -> str | None:
    """None: nobody asked who answers; '' when it is not told before the end."""
    if form.get("MachineDetection") not in ("Enable", "DetectMessageEnd"):
        return None
    return form.get("AsyncAmdStatusCallback", "") if form.get("AsyncAmd") == "true" else ""


def matches(message: Sms, query: Mapping[str, str]) -> bool:
    """The filters of the list."""
    day = f"{message.at:%Y-%m-%d}"
    return (
        query.get("To", message.to) == message.to
        and query.get("From", message.sender) == message.sender
        and query.get("DateSent", day)[:10] == day
        and query.get("DateSent>", day)[:10] <= day
        and query.get("DateSent<", day)[:10] >= day
    )


def fail(fault: Fault, request: web.Request) -> None:
    """Answer as an armed fault says; codes that Twilio only learns later (30003…) do not fail the call itself."""
    gone = request.transport is None or request.transport.is_closing()
    if fault.disconnect or gone:
        if request.transport is not None:
            request.transport.abort()
        raise web.HTTPInternalServerError
    if fault.http_status == 429 or fault.error == "ratelimited":
        raise TwilioError(20429)
    if fault.http_status is not None and fault.http_status >= 500:
        raise web.HTTPInternalServerError(text="upstream error")
    if isinstance(fault.error, int) and fault.error not in FAILED_LATER:
        raise TwilioError(fault.error)


def refusal(code: int) -> web.Response:
    """Twilio's error body."""
    status = STATUS_OF.get(code, 400)
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": MEANINGS.get(code, "Error"), "more_info": more, "status": status}
    headers = {"Retry-After": "1"} if status == 429 else {}
    return web.json_response(body, status=status, headers=headers)
