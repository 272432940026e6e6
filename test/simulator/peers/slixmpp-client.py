"""slixmpp, a Python client, on XMPP over TLS (SIM_URL xmpps://...). Prints what happens, a JSON line each."""

import asyncio
import json
import os
from urllib.parse import urlparse

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath


def say(what, value=None):
    print(json.dumps({"what": what, "value": value}), flush=True)


url = urlparse(os.environ["SIM_URL"])


class Peer(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__("1001@localhost/slixmpp", os.environ["SIM_PASSWORD"])
        for plugin in ("xep_0030", "xep_0199"):
            self.register_plugin(plugin)
        self.ca_certs = os.environ["SIM_CA"]
        # Without it the port of the address is forgotten when the name has an address record.
        self.default_port = url.port
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("presence_available", lambda stanza: say("presence", str(stanza["from"])))
        self.add_event_handler("failed_auth", self.refused)
        event = "{jabber:client}message/{http://jabber.org/protocol/pubsub#event}event"
        self.register_handler(Callback("update", MatchXPath(event), self.update))

    async def start(self, _):
        say("online", self.boundjid.full)
        # What Cisco's Java sample asks before it trusts its subscription.
        info = await self["xep_0030"].get_info(jid="pubsub.localhost", node="/finesse/api/User/1001")
        say("identity", sorted(list(each)[:2] for each in info["disco_info"]["identities"]))
        self.send_presence()

    def refused(self, failure):
        say("refused", failure["condition"])
        self.disconnect()

    def update(self, message):
        say("message", "".join(message.xml.itertext()))
        asyncio.ensure_future(self.leave())

    async def leave(self):
        await self["xep_0199"].ping("localhost")
        say("pong")
        await self.disconnect()


peer = Peer()
peer.connect((url.hostname, url.port), use_ssl=True, force_starttls=False, disable_starttls=True)
peer.loop.run_until_complete(asyncio.wait_for(peer.disconnected, 15))
say("offline")
