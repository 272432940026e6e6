import { finder } from "../../cli/registration.ts";

/** How a running simulated Salesforce is found. */
export const {
  register: registerSalesforce,
  unregister: unregisterSalesforce,
  find: findSalesforce,
  none: noSalesforce,
} = finder({
  name: "simulated Salesforce",
  file: "sim-salesforce.json",
  flag: "--salesforce",
  command: "cti sim salesforce",
});
