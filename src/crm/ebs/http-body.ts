import type { RequestHeaders } from "./http-headers.ts";

export interface HttpRefusal {
  status: 400 | 414 | 417 | 431;
  /** For whoever called; holds no part of the request. */
  details: string;
}

/** Bytes of a body that are skipped so that the connection can go on. */
export const longestBody = 65_536;

/** Where a body ends, if there can be no two minds about it (RFC 9112 §6). */
export function bodyOf(
  headers: RequestHeaders,
  minor: number,
): { bytes: number; chunked: boolean } | HttpRefusal {
  const length = headers.get("content-length");
  const encoding = headers.get("transfer-encoding");
  if (length === null && encoding === null) return noBody;
  const unclear: HttpRefusal = { status: 400, details: "it is not clear where the body ends" };
  if (headers.count("content-length") + headers.count("transfer-encoding") > 1) return unclear;
  if (length !== null) return /^\d{1,15}$/.test(length) ? { bytes: Number(length), chunked: false } : unclear;
  return minor > 0 && encoding?.toLowerCase() === "chunked" ? { bytes: 0, chunked: true } : unclear;
}

export const noBody = { bytes: 0, chunked: false };
