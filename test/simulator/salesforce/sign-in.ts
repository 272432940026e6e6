import type { Got, Stage } from "./stage.ts";

export const client_id = "cti-sim";

/** Asks the token endpoint as the app. */
export const token = (stage: Stage, form: Record<string, string>): Promise<Got> =>
  stage.ask("/services/oauth2/token", { form: { client_id, ...form }, token: null });

export const fieldOf = (got: Got, name: string): string => String(Object(got.body)[name]);

export const errorIn = (got: Got): unknown => [got.status, Object(got.body).error];

/** Status of a request with a token. */
export const works = async (stage: Stage, access: string): Promise<number> =>
  (await stage.rest("limits", { token: access })).status;
