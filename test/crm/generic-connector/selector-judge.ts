/**
 * What a broker makes of a selector: the few words of SQL that ours are written in, read by a parser of its own, so that a mistake in the
 * writing shows. Throws for anything else, an unclosed string above all.
 */
export function selectorMatches(selector: string, jmsType: string | null): boolean {
  const words = [...selector.matchAll(/\s*('(?:[^']|'')*'|\(|\)|[A-Za-z]+|\S)/gy)].map(
    (match) => match[1] ?? "",
  );
  if (words.join("").replaceAll(" ", "") !== selector.replaceAll(" ", ""))
    throw new Error(`unread: ${selector}`);
  let at = 0;
  const take = (...expected: string[]): boolean => {
    if (!expected.every((word, offset) => words[at + offset] === word)) return false;
    at += expected.length;
    return true;
  };
  const demand = (word: string): void => {
    if (!take(word)) throw new Error(`${word} expected at ${words.slice(at).join(" ")}`);
  };
  const text = (): string => {
    const word = words[at++] ?? "";
    if (!/^'(?:[^']|'')*'$/.test(word)) throw new Error(`a string expected, not ${word}`);
    return word.slice(1, -1).replaceAll("''", "'");
  };
  // Unknown is `undefined`, as in SQL.
  type Truth = boolean | undefined;
  const either = (): Truth => {
    let value = both();
    while (take("OR")) {
      const other = both();
      value =
        value === true || other === true ? true : value === false && other === false ? false : undefined;
    }
    return value;
  };
  const both = (): Truth => {
    let value = single();
    while (take("AND")) {
      const other = single();
      value =
        value === false || other === false ? false : value === true && other === true ? true : undefined;
    }
    return value;
  };
  const not = (value: Truth): Truth => (value === undefined ? undefined : !value);
  const single = (): Truth => {
    if (take("NOT")) return not(single());
    if (take("(")) {
      const value = either();
      demand(")");
      return value;
    }
    demand("JMSType");
    if (take("IS", "NOT", "NULL")) return jmsType !== null;
    const negated = take("NOT");
    demand("LIKE");
    const pattern = text();
    const escape = take("ESCAPE") ? text() : undefined;
    if (jmsType === null) return undefined;
    const matches = like(pattern, escape).test(jmsType);
    return negated ? !matches : matches;
  };
  const answer = either();
  if (at !== words.length) throw new Error(`more than a condition: ${words.slice(at).join(" ")}`);
  return answer === true;
}

function like(pattern: string, escape: string | undefined): RegExp {
  let expression = "";
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? "";
    if (char === escape) expression += literal(pattern[++index] ?? "");
    else expression += char === "%" ? ".*" : char === "_" ? "." : literal(char);
  }
  return new RegExp(`^${expression}$`, "s");
}

function literal(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
