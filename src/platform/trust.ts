/** How a TLS server is trusted. With nothing set: the system's and Bun's bundled certificate authorities. */
export interface Trust {
  /** PEM texts of certificate authorities, added to the default ones. */
  ca: readonly string[];
  /** SHA-256 fingerprint of the server's certificate, hex without colons, lower case: this certificate and no other. */
  pin: string | undefined;
  /** Accept anything. Loud wherever it is used. */
  insecure: boolean;
}

export const defaultTrust: Trust = { ca: [], pin: undefined, insecure: false };
