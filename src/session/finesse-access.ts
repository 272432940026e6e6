import { connectNotifications } from "../finesse/notifications.ts";
import { createRest } from "../finesse/rest.ts";
import type { FinesseAccess } from "./connection.ts";

/** The real protocol. Apart, so that tests of the session's rules need no server. */
export const finesseAccess: FinesseAccess = { createRest, connectNotifications };
