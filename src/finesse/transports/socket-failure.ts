import type { CtiError } from "../../model/errors.ts";

/** A transport did not come about at all: another may. */
export class SocketFailure extends Error {
  override readonly name = "SocketFailure";
  constructor(readonly error: CtiError) {
    super(error.message);
  }
}
