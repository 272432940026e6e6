import { CtiError, toCtiError } from "../../model/errors.ts";
import type { SoftphonePages } from "./page/contract.ts";
import type { RecordWriter } from "./records.ts";
import { isPassing } from "./rest/errors.ts";
import type { SalesforceBackEnd } from "./rest/rest.ts";

export interface WriterParts {
  rest: Pick<SalesforceBackEnd, "search" | "saveTask"> | undefined;
  pages: Pick<SoftphonePages, "canPop" | "save"> | undefined;
  /** The org's script, without which no page can write. */
  script: string | undefined;
}

/**
 * Who writes records: the REST interface where there is one, since it finds what it wrote before, whatever was lost; else the page, which
 * remembers that for its browser. `undefined`: nobody here does.
 */
export function recordWriter({ rest, pages, script }: WriterParts): RecordWriter | undefined {
  if (rest !== undefined)
    return {
      waitsFor: () => undefined,
      write: async (log, _, signal) => (await rest.saveTask(log, signal)).id,
      async lookUp(log, signal) {
        try {
          return await rest.search(log.number, signal);
        } catch (thrown) {
          // The org's requests of the day are nearly used up: what is left is for records.
          if (toCtiError(thrown).details?.searchesStopped === true) return [];
          throw thrown;
        }
      },
    };
  if (pages === undefined || script === undefined) return undefined;
  return {
    waitsFor: ({ agent }) =>
      pages.canPop(agent) ? undefined : `no softphone page of agent ${agent} is open in Salesforce`,
    async write(log, recordId, signal, anew) {
      try {
        return await pages.save(log.agent, log, recordId, signal, anew);
      } catch (thrown) {
        const error = toCtiError(thrown);
        if (error.code === "refused") throw withRetry(error, isPassing(error.why ?? ""));
        // The page went while it saved: its browser knows when it comes back. Where the page itself says that it does not know, nobody will;
        // nor what became of a second one that a person asked for.
        if (error.code !== "outcome-unknown" || (error.why === undefined && !anew)) throw error;
        throw withRetry(error, false);
      }
    },
  };
}

function withRetry(error: CtiError, retry: boolean): CtiError {
  return new CtiError({ ...error.toJSON(), details: { ...error.details, retry } }, { cause: error });
}
