import { refused } from "./sf-error.ts";

/** The day's allowance of API requests. */
export class ApiLimit {
  readonly #max: number;
  #used: number;
  /** What a fault left; undefined: what is really left. */
  #forced: number | undefined;

  constructor(max: number, used: number) {
    this.#max = max;
    this.#used = used;
  }

  get max(): number {
    return this.#max;
  }

  get left(): number {
    return Math.max(0, this.#forced ?? this.#max - this.#used);
  }

  /** Counts a request. Throws REQUEST_LIMIT_EXCEEDED when none is left. */
  count(): void {
    if (this.left === 0) throw refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    this.#used++;
    if (this.#forced !== undefined) this.#forced--;
  }

  /** Leaves that many requests; undefined: as many as there really are. */
  force(left: number | undefined): void {
    this.#forced = left;
  }

  /** `Sforce-Limit-Info`. */
  header(): string {
    return `api-usage=${this.#max - this.left}/${this.#max}`;
  }
}
