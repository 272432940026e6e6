/** What the network does to whatever passes, just now. Shares are between 0 and 1, durations in milliseconds. */
export interface Weather {
  /** New requests and streams: served, refused at once, or never answered. */
  reach: "up" | "refused" | "silent";
  /** One way, each packet anew between the two. */
  latency: readonly [number, number];
  /** Requests that never arrive: silence, or a reset connection. */
  loseRequest: number;
  resetRequest: number;
  /** Answers that never arrive although the request was done. */
  loseAnswer: number;
  resetAnswer: number;
  /** The web proxy answers 502 in Finesse's place, after the request was done or not. */
  badGateway: number;
  loseEvent: number;
  doubleEvent: number;
  /** Notifications that overtake each other. */
  reorderEvent: number;
  /** No notification arrives before this time (milliseconds since the epoch). */
  stalledUntil: number;
}

export function fairWeather(): Weather {
  return {
    reach: "up",
    latency: [1, 8],
    loseRequest: 0,
    resetRequest: 0,
    loseAnswer: 0,
    resetAnswer: 0,
    badGateway: 0,
    loseEvent: 0,
    doubleEvent: 0,
    reorderEvent: 0,
    stalledUntil: 0,
  };
}
