/** What stands where a secret or a call-variable value stood. */
export const maskText = "•••";

/** Shorter ones would turn every other word of a log into a mask, and are no secret in the first place. */
const shortest = 4;

/** Knows the passwords in use and takes them out of texts, also where they are encoded. */
export class Redactor {
  /** By whose secret it is; of each the longest form first, so that none destroys a longer one that contains it. */
  readonly #forms = new Map<string, string[]>();

  /**
   * From now on `secret` is removed. `plainWords`: texts that must stay readable (agent id, extension); a secret equal to one of them
   * is removed in its encoded forms only. `owner`: whose secret it is; texts known to be the owner's are searched for it alone.
   */
  add(secret: string, plainWords: readonly string[] = [], owner = ""): void {
    const forms = new Set(this.#forms.get(owner));
    if (secret.length >= shortest && !plainWords.includes(secret)) {
      forms.add(secret);
      forms.add(encodeURIComponent(secret));
      forms.add(xmlEscape(secret));
      forms.add(JSON.stringify(secret).slice(1, -1));
    }
    for (const form of base64Forms(secret)) forms.add(form);
    this.#forms.set(
      owner,
      [...forms].sort((a, b) => b.length - a.length),
    );
  }

  /**
   * @param owner set for wire traffic of one agent: with thousands of agents, searching each notification for everybody's password
   *   would cost more than all else together.
   */
  redact(text: string, owner?: string): string {
    const own = owner === undefined ? undefined : this.#forms.get(owner);
    const lists = own === undefined ? this.#forms.values() : [own];
    let result = text;
    for (const forms of lists) {
      for (const form of forms) if (result.includes(form)) result = result.replaceAll(form, maskText);
    }
    return result
      .replace(/(authorization["']?\s*[:=]\s*["']?)(?:(basic|bearer)\s+)?[^\s"'<>,]+/gi, `$1$2 ${maskText}`)
      .replace(/(<(?:\w+:)?(?:auth|response)\b[^>]*>)[^<]+(<\/)/gi, `$1${maskText}$2`);
  }
}

function xmlEscape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

/**
 * How a text looks inside base64 at each of the three alignments it can have there (`user:password` moves it by the length of the
 * user). Characters shared with the neighbours are left out; what remains must be long enough to be telling.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const forms: string[] = [];
  for (let shift = 0; shift < 3; shift++) {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    const start = shift === 0 ? 0 : shift + 1;
    const end = Math.floor(((shift + bytes.length) * 8) / 6);
    const form = encoded.slice(start, end);
    if (form.length >= 5) forms.push(form);
  }
  return forms;
}

const lt = "(?:<|&lt;|&amp;lt;|&#60;|&#x3c;)";
const gt = "(?:>|&gt;|&amp;gt;|&#62;|&#x3e;)";
const variableBlock = new RegExp(
  `(${lt}(?:\\w+:)?callvariable\\b)([\\s\\S]*?)(${lt}/(?:\\w+:)?callvariable|$)`,
  "gi",
);
const valueInside = new RegExp(`(${lt}(?:\\w+:)?value\\s*${gt})([\\s\\S]*?)(${lt}/(?:\\w+:)?value|$)`, "gi");

/** The names of call variables stay, values go, empty ones stay empty. */
export function maskValues(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value === "" ? "" : maskText]),
  );
}

/**
 * Masks the values of call variables in XML text, plain or escaped (as notifications carry it) or cut off in the middle; empty values stay
 * empty. Names stay (reference/finesse.md §8).
 */
export function maskCallVariables(text: string): string {
  return text.replace(
    variableBlock,
    (_whole, open: string, inside: string, close: string) =>
      open +
      inside.replace(valueInside, (_value, start: string, value: string, end: string) =>
        value === "" ? start + end : start + maskText + end,
      ) +
      close,
  );
}
