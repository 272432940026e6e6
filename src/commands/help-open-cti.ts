/** `cti help open-cti` */
export const openCti = `Salesforce

A call rings: the caller's record comes up; the agent works the call in a softphone page,
in Salesforce or beside it; at the end there is one Task. cti serve does it when the
profile has this table, and cti adapters tells how it is. Three ways, each by itself or
together:

  page       a softphone in the browser. In Salesforce's frame it uses Open CTI: pops,
             click-to-dial, the Task. In a tab of its own it is a plain softphone
  REST       no page needed: looks the caller up, writes the Task, opens records by their
             address. It outlives Open CTI, which retires in February 2028. With both the
             page pops and REST writes, since REST finds again what it wrote
  webhooks   for relays and any other CRM: cti help webhooks

One page for many agents, who sign in there with Finesse's password

  [profiles.default.adapters.open-cti]
  listen = "0.0.0.0:8112"
  cert = "site.pem"              # which the agents' browsers trust
  key = "site-key.pem"
  url = "https://cti.example.com/softphone"
  script = "https://MYDOMAIN.my.salesforce.com/support/api/62.0/lightning/opencti_min.js"

A page beside one agent, on his own computer

  [profiles.default.adapters.open-cti]
  listen = "127.0.0.1:8112"      # with a certificate of the connector's own
  script = "…"                   # without it: a plain softphone

  cti open-cti pair              the address to open in a tab of its own, or the code to
                                 paste into the page in Salesforce; good once, for two
                                 minutes
  cti open-cti trust             what browsers have to trust, and what Chrome asks
  cti open-cti definition        the call center that Salesforce imports

More of that table

  pop-at = "ring"                # or "answer": looked up while it rings, shown then
  log-at = "end"                 # or "answer": the Task is there from then on
  log-missed = false             # true: a Task of calls that nobody answered
  open = false                   # true, or ["firefox"]: without a page, the only record's
                                 # address is opened on this computer
  no-match = "nothing"           # or "new-contact": its form, once a caller nobody knows is
                                 # answered; in a page the Softphone Layout says it
  unattended-after = 60          # seconds without a page; the agent is then left as he is
  keep-records = "24h"           # for a Salesforce that is away; up to "30d"
  frame-ancestors = ["https://*.lightning.force.com"]    # who may frame the page
  sign-in = "page"               # or "pairing", "both"
  page = false                   # none at all

By REST

  [profiles.default.adapters.open-cti.salesforce]
  login = "https://MYDOMAIN.my.salesforce.com"
  client-id = "3MVG9…"           # of an External Client App, or a Connected App
  flow = "jwt"                   # unattended, with a key; or "pkce", "device": a person
                                 # signs in once, cti open-cti sign-in
  user = "integration@example.com"       # with jwt: who acts
  key = "salesforce-key.pem"     # 0600; or CTI_SALESFORCE_KEY, or the key store
  version = "62.0"               # of the API
  country = "49"                 # of numbers without a country code
  external-id = "CTI_Call__c"    # a unique field of Task: with it no race makes two
  owners = { 1001 = "ana@example.com" }  # whose Task it is; or owner-field = "AgentId__c"

  cti open-cti sign-in           in a browser, once; the tokens are in the key store
  cti open-cti status            who is signed in, and what is left of the day's requests
  cti open-cti sign-out          and Salesforce is told to forget it

Which record

  A caller is looked for as Contact, then Lead, then Account; internal and withheld
  numbers are not. One: it comes up, and the Task is about it. Several: the agent chooses
  in the page. Of calls that the agent makes nothing comes up; dialled from a record
  (click-to-dial) the Task is about that.

The Task

  One for each agent's part of a call, none for asking a colleague: CallType,
  CallDurationInSeconds, CallDisposition (wrap-up), Description (notes), WhoId or WhatId,
  and CallObject, which is the call's and the agent's id. Later wrap-up reasons and notes
  change it, for half an hour. It is owed like all records (cti help deliveries): whatever
  dies or is away meanwhile, there is one. Where the page alone writes, its browser
  remembers what it wrote; a page closed in that moment leaves the Task in doubt. It is then
  listed by cti deliveries list --missed and not written twice: look in Salesforce, and if
  it is not there cti deliveries retry --missed writes it.

To try it without a Salesforce: cti sim salesforce (cti help simulator).
`;
