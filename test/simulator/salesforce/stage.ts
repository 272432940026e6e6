import { type SalesforceOptions, startSalesforce } from "../../../src/simulator/salesforce/start.ts";
import type { SimulatedSalesforce } from "../../../src/simulator/salesforce/start.ts";

/** What came back. */
export interface Got {
  status: number;
  /** Parsed where it is JSON, else the text. */
  body: unknown;
  headers: Headers;
}

export interface Question {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as a form. */
  form?: Record<string, string>;
  headers?: Record<string, string>;
  /** Bearer; by default that of the first user, null: none. */
  token?: string | null;
}

/** A simulated Salesforce, and a client that trusts nothing but its authority. */
export class Stage implements AsyncDisposable {
  readonly #token: string;

  private constructor(readonly org: SimulatedSalesforce) {
    this.#token = org.token();
  }

  static async open(options: SalesforceOptions = {}): Promise<Stage> {
    return new Stage(await startSalesforce(options));
  }

  async ask(path: string, { method, body, form, headers, token = this.#token }: Question = {}): Promise<Got> {
    const sent =
      form === undefined
        ? body === undefined
          ? undefined
          : JSON.stringify(body)
        : String(new URLSearchParams(form));
    const response = await fetch(`${this.org.url}${path}`, {
      method: method ?? (sent === undefined ? "GET" : "POST"),
      headers: {
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        "Content-Type": form === undefined ? "application/json" : "application/x-www-form-urlencoded",
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
      redirect: "manual",
      keepalive: false,
      tls: { ca: this.org.caPem },
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text), headers: response.headers };
  }

  /** Below `/services/data/v62.0/`. */
  rest(path: string, question?: Question): Promise<Got> {
    return this.ask(`/services/data/v62.0/${path}`, question);
  }

  task(fields: Record<string, unknown>): Promise<Got> {
    return this.rest("sobjects/Task", { body: fields });
  }

  soql(text: string): Promise<Got> {
    return this.rest(`query?q=${encodeURIComponent(text)}`);
  }

  sosl(text: string): Promise<Got> {
    return this.rest(`search/?q=${encodeURIComponent(text)}`);
  }

  get complaintKinds(): string[] {
    return this.org.complaints().map(({ kind }) => kind);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.org.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
