import type { SimulatorKind } from "../../cli/registration.ts";

/** The simulated EBS among the simulators that register. */
export const ebsKind: SimulatorKind = {
  file: "sim-ebs.json",
  called: "simulated EBS",
  start: "cti sim ebs",
  option: "--ebs",
};
