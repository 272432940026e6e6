import { version as packageVersion } from "../../package.json";

/** The product's version; the bundler puts this one string of package.json into the binary. */
export const version: string = packageVersion;
