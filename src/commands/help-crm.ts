/** The pages of `cti help` on CRMs, and what they are told. */

export const genericConnector = `Generic Connector

The connector that Siebel and Oracle Service Cloud talk to: requests on a queue of an
ActiveMQ broker, events on a topic for each client. cti serve runs it when the profile
has this table, and cti adapters tells how it is:

  [profiles.default.adapters.generic-connector]
  broker = "failover:(tcp://mq1:61616,tcp://mq2:61616)?randomize=false&priorityBackup=true"
  username = "gc"              # at the broker; ssl:// with ca = "mq.pem" where you can
  queue = "Connector1"         # what the clients are configured for
  flavour = "text"             # or "json", where a client has not shown which it speaks
  stale-after = 10             # a request that waited so many seconds is not done
  heartbeat = 15               # a client that beats is gone when silent for so long
  unattended-after = 60        # and its agents are then left as they are for so long

Two connectors at one queue

  role = "active"     every request, while it lives; one at a queue
  role = "standby"    every request, while no active one lives
  role = "shared"     its own agents; all others' too when their connector has died
  home = "1/2"        with shared: agents by the last digit, "2/2" at the other connector;
                      or by their ids: home = ["10*", "1101"]
  name = "gc-a"       among its peers; default host name and process id

When one dies the other tells its clients RECONNECT, and works their agents from the next
Connect on. They know each other by the topic QUEUE.peers, and need to read the topics
ActiveMQ.Advisory.> to notice a death at once; without, it takes 15 seconds.

Secrets

  CTI_GC_BROKER_PASSWORD   the password at the broker; or in the key store
  CTI_GC_PASSWORD_KEY      the Triple-DES key where clients send passwords encrypted
                           (UseSecurePassword); the table then has
                           secure-password = { applies = ["connect", "login"] }

A client in the terminal, at this or any other Generic Connector

  export CTI_GC_BROKER=tcp://localhost:61616
  cti gc send 'Hello#desk' -d desk --wait IN_SERVICE
  cti gc tail -d desk &                               what the client is told
  CTI_PASSWORD=secret cti gc send 'Connect#1001' -d desk
  CTI_PASSWORD=secret cti gc send 'Login#1001' -d desk -e 2001 --wait State
  cti gc send 'MakeReady#1001' -d desk --wait State=READY
  cti gc play morning.gc -d desk                      a file of such steps
`;

export const ebs = `Oracle E-Business Suite

Basic Telephony of the Universal Work Queue: EBS calls out by HTTP when its user logs in,
goes ready or dials, and is sent screen pops and what became of each call. cti serve runs
it when the profile has this table, and cti adapters tells how it is:

  [profiles.default.adapters.ebs]
  listen = "127.0.0.1:3107"    # on the agent's own computer; nobody else reaches it
  dnis = "extension"           # what occtDNIS says; or "dialed-number"
  login-timeout = 8            # seconds that a Login waits for its outcome
  stale-after = "5m"           # silent for so long, EBS is gone
  unattended-after = 60        # and its agents are then left as they are for so many seconds
  keep-records = "24h"         # for an EBS that is away; up to "30d"
  direct = false               # true: Direct integration, telephony switched off and on
  misspelt-campaign = true     # COMPAIGN_SCHEDULE_NAME beside the one spelt right

At EBS

  CCT: Basic Telephony: Third Party URL    http://localhost:3107   what listen says
  CCT: Basic Telephony: Listener Port      8888   where EBS takes events; any free port
  ACD agent id, password, extension of each agent: those that Finesse has
  ACD queue: any. Finesse lets nobody choose a queue; a queue that is not among the
  agent's own is noted in the log, and the Login goes on

What a screen pop shows, beside occtSourceID, occtANI and occtDNIS

  [profiles.default.adapters.ebs.data]         # call variable of Finesse -> keys of EBS
  callVariable1 = "CustomerNum"
  "user.account" = ["AccountNum", "siteKey"]
  [profiles.default.adapters.ebs.fixed]        # always, or when another key has a value
  occtClassification = { value = "SR", when = "ServiceRequestNum" }

Send the most specific key there is: EBS looks for PARTY_ID, ServiceRequestNum,
CustomerNum, … and for the caller's number last. Values go out as the call has them at
that moment, and are on no disk but where record-variables says so.

One cti serve for many computers

  listen = "0.0.0.0:3107"
  cert = "site.pem"            # HTTPS: the password is in the address of EBS's Login
  key = "site-key.pem"
  hosts = ["softphone.example.com"]      # the name in the Third Party URL
  allow = ["10.1.0.0/16"]                # who may call; nobody else is answered
  event-hosts = ["10.2.0.7"]             # where events may go beside the computer that
                                         # registers
  origins = ["https://ebs.example.com"]  # EBS pages that call from a browser, if any do
  rate = 20                              # callouts a second from one address

An agent belongs to the address that proved his password by Login: from another address
nobody acts for him, and nobody hears of his calls. A Login from there moves him.

What the user at EBS sees when something is wrong

  ExtensionNotSpecified, AgentACDIdNotSpecified   the agent's parameters at EBS
  ThirdPartyUrlNotSpecified   Register without an address for events
  LoginFailed       id or password wrong, another agent on the phone, or the agent at work
                    on another phone. A wrong password is tried at Finesse once
  UnexpectedError   all else, in plain words in KeyErrorDetails
  Error, as event   what went wrong after the answer; Finesse out of service; signed in
                    elsewhere; signed out by Finesse

EBS away: see cti help deliveries. To try it without an EBS: cti sim ebs
(cti help simulator).
`;

export const deliveries = `Deliveries

What a CRM has to be told is written down with the event that it tells of, and goes out in
the order in which things happened: to the CRM that is there within milliseconds, to one
that is not as soon as it is back, also after a restart of the connector or its machine.

  pop      what is for this moment, like the screen pop of a ringing call. Told once at
           most; given up after 15 seconds or when its call is over: a late pop shows the
           wrong customer
  record   what the CRM writes down: that a call began, or ended. Tried again and again,
           every half minute in the end, until the CRM takes it or it is 24 hours old.
           After a broken connection the CRM may hear it twice, under the same id

  owed     not taken yet
  missed   given up, or refused by the CRM. Nothing is ever silently gone: what was missed
           is listed for a week (ten thousand at most), and cti status says so in red

  cti deliveries                     both, oldest first, and why
  cti deliveries list --missed       what no CRM will be told by itself any more
  cti deliveries retry               try what is owed now, without waiting
  cti deliveries retry --missed      owe missed records again; missed pops stay missed
  cti deliveries discard --missed    forget them: the CRM will never hear of it
  cti events -f --type delivery      watch: sent, delayed, expired, failed

retry and discard take ids too, and --adapter NAME or --agent ID to narrow the rest.
While no connector runs nobody watches the agents: that time is told as session.gap, and a
call that was over by its end is told as ended, "end not seen".
`;
