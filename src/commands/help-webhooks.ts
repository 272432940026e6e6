/** `cti help webhooks` */
export const webhooks = `Webhooks

Any program can be told of events by HTTP, and can ask for a call to be dialled or
answered. cti serve does it when the profile has these tables:

  [profiles.default.adapters.open-cti.webhooks.crm]         # "crm" is your name for it
  url = "https://crm.example.com/hooks/cti"
  events = ["call", "agent"]     # families, or single ones: cti help events
  variables = false              # true: values of call variables too
  ca = "company-ca.pem"          # where its certificate is not a public one

  [profiles.default.adapters.open-cti.webhooks]
  allow-networks = ["10.1.0.0/16"]   # besides public addresses webhooks may go to these,
                                     # and to these alone without TLS (http://)

  [profiles.default.adapters.open-cti.webhooks.inbound]     # commands that come in
  listen = "127.0.0.1:8113"
  cert = "site.pem"              # with key = "…": needed where other computers reach it
  hosts = ["cti.example.com"]    # names beside localhost that it is called by

Secrets are never in the configuration: cti webhooks secret crm makes one and keeps it in
the key store; else CTI_WEBHOOK_CRM_SECRET holds it. Commands have two, CTI_WEBHOOK_TOKEN
and CTI_WEBHOOK_INBOUND_SECRET: cti webhooks secret inbound. Several with a space between
are all good: so they are changed without a gap (--rotate, then --retire).

Events go out

  CloudEvents 1.0 in JSON, signed as Standard Webhooks (standardwebhooks.com) says, in
  order for each agent, at least once: the same webhook-id is the same event. Any answer
  from 200 to 299 within 10 seconds means taken. 410 ends it for good; other refusals of
  the message itself (400, 409, 422…) are listed by cti deliveries --missed; after all
  else it is tried again for a day, Retry-After is heeded. Redirects are not followed.
  cti.call.log is the record of an agent's part of a call, to be written under its
  callObject: told when the talk is over and whenever it changes, whole each time.
  Values of call variables are on no disk of ours: after a restart of the connector what
  was still owed goes out without them.

  cti webhooks schema       their JSON Schema
  cti webhooks test crm     posts one, and says what came back
  cti webhooks listen crm   a receiver on this machine that shows what comes

A receiver in Node (npm install standardwebhooks express)

  const { Webhook } = require("standardwebhooks"), express = require("express");
  const webhook = new Webhook(process.env.SECRET);          // whsec_…
  express().post("/hooks/cti", express.raw({ type: "*/*" }), (request, response) => {
    let event;
    try { event = webhook.verify(request.body, request.headers); }
    catch { return response.sendStatus(401); }
    if (event.type === "cti.call.started") console.log("rings:", event.data.call.party);
    response.sendStatus(204);
  }).listen(8080);

A receiver in Python (pip install standardwebhooks flask)

  @app.post("/hooks/cti")
  def cti():
      try: event = Webhook(SECRET).verify(request.get_data(), dict(request.headers))
      except WebhookVerificationError: return "", 401
      if event["type"] == "cti.call.ended": log(event["data"]["call"]["interaction"])
      return "", 204

In Salesforce: a class with @RestResource(urlMapping='/cti') and @HttpPost on a public
Site. It computes Crypto.generateMac('hmacSHA256', Blob.valueOf(id + '.' + timestamp + '.'
+ body), EncodingUtil.base64Decode(the secret without whsec_)), compares its Base64 with
each v1, of the header webhook-signature, refuses a webhook-timestamp older than 5
minutes, and publishes a platform event that the agent's page listens to.

Commands come in

  POST /v1/commands, Content-Type: application/json, Authorization: Bearer TOKEN, and the
  three headers of Standard Webhooks, signed with the inbound secret:

  {"agent": "1001", "do": "dial", "number": "5551234"}
  {"agent": "1001", "do": "answer"}       hold, retrieve, drop; "call": one of several
  {"agent": "1001", "do": "not-ready", "reason": "Lunch"}       ready
  {"agent": "1001", "do": "note", "interaction": "…", "text": "wants a quote"}
  {"agent": "1001", "do": "pop-result", "interaction": "…", "matches": [{"id": "003…",
   "type": "Contact", "name": "Ana Souza"}], "popped": "003…"}

  The answer says what became of it. Asked again under the same webhook-id (10 minutes, a
  restart included) it is answered the same, and nothing is done twice.

  cti webhooks openapi      all of it, for a generator of clients
`;
