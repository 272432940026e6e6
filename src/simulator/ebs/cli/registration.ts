import { finder } from "../../cli/registration.ts";

/** How a running simulated EBS is found. */
export const {
  register: registerEbs,
  unregister: unregisterEbs,
  find: findEbs,
  none: noEbs,
} = finder({
  name: "simulated EBS",
  file: "sim-ebs.json",
  flag: "--ebs",
  command: "cti sim ebs",
});
