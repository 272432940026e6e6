/**
 * A value that cannot be what it should be. `message` continues a sentence that begins with the value's name
 * ("CTI_TIMEOUT is not a number of seconds"): who asked for the value knows where it came from.
 */
export class Invalid extends Error {
  override readonly name = "Invalid";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
