/** An agent's pages, and which of them leads: the one page that pops and saves (open-cti.md §7). */
export interface LeadState {
  readonly pages: ReadonlyMap<string, LeadPage>;
  /** Counts focuses. */
  readonly turn: number;
}

interface LeadPage {
  readonly openCti: boolean;
  /** The turn in which it had the focus last; pages that never had it go by when they came. */
  readonly focusedAt: number;
  readonly joinedAt: number;
}

export type LeadEvent =
  | { type: "joined"; page: string; openCti: boolean; focused: boolean }
  | { type: "focus"; page: string }
  | { type: "left"; page: string };

export const noPages: LeadState = { pages: new Map(), turn: 0 };

/** The one way a LeadState changes. Pure. */
export function transitionLead(state: LeadState, event: LeadEvent): LeadState {
  const pages = new Map(state.pages);
  const turn = state.turn + 1;
  switch (event.type) {
    case "joined": {
      const { page, openCti, focused } = event;
      const known = pages.get(page);
      pages.set(page, {
        openCti,
        focusedAt: focused ? turn : (known?.focusedAt ?? 0),
        joinedAt: known?.joinedAt ?? turn,
      });
      return { pages, turn };
    }
    case "focus": {
      const known = pages.get(event.page);
      if (known === undefined) return state;
      pages.set(event.page, { ...known, focusedAt: turn });
      return { pages, turn };
    }
    case "left":
      return pages.delete(event.page) ? { pages, turn } : state;
  }
}

/**
 * Who leads: the page that had the focus last, among those with Open CTI where there is one, since a plain page in another tab must not keep
 * records from coming up.
 */
export function leaderOf({ pages }: LeadState): string | undefined {
  let best: [string, LeadPage] | undefined;
  for (const entry of pages) if (best === undefined || goesBefore(entry[1], best[1])) best = entry;
  return best?.[0];
}

function goesBefore(one: LeadPage, other: LeadPage): boolean {
  if (one.openCti !== other.openCti) return one.openCti;
  if (one.focusedAt !== other.focusedAt) return one.focusedAt > other.focusedAt;
  return one.joinedAt > other.joinedAt;
}
