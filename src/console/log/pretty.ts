const indent = "  ";
/** Longer ones stay as they are: nobody reads them line by line, and a key must not wait for it. */
const longest = 400_000;
/** Levels of XML inside the text of XML: a notification's payload is escaped once. */
const deepest = 3;

/** A message's text in readable lines: JSON and XML indented, XML inside XML too; anything else as it is. Never throws. */
export function prettyLines(text: string): string[] {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  const pretty = trimmed.length > longest ? undefined : (prettyJson(trimmed) ?? prettyXml(trimmed, 0));
  return pretty ?? trimmed.split(/\r\n|\r|\n/);
}

function prettyJson(text: string): string[] | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2).split("\n");
  } catch {
    return undefined;
  }
}

const token = /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->|<(?:"[^"]*"|'[^']*'|[^'"<>])*>|[^<]+/y;

/** `undefined` for what is not XML from end to end; whether it is well-formed is not judged. */
function prettyXml(text: string, depth: number): string[] | undefined {
  const tokens = xmlTokens(text);
  if (tokens === undefined) return undefined;
  const lines: string[] = [];
  let level = 0;
  const put = (line: string): void => void lines.push(indent.repeat(level) + line);
  for (let at = 0; at < tokens.length; at++) {
    const part = tokens[at] ?? "";
    if (part.startsWith("</")) {
      level = Math.max(0, level - 1);
      put(part);
    } else if (isOpening(part)) {
      const inner = tokens[at + 1] ?? "";
      const closing = tokens[at + 2] ?? "";
      const nested = nestedXml(inner, depth);
      if (inner.startsWith("</")) {
        put(part + inner);
        at += 1;
      } else if (!inner.startsWith("<") && closing.startsWith("</") && nested === undefined) {
        put(part + inner + closing);
        at += 2;
      } else {
        put(part);
        level += 1;
      }
    } else {
      for (const line of nestedXml(part, depth) ?? part.split(/\r\n|\r|\n/)) put(line);
    }
  }
  return lines;
}

function xmlTokens(text: string): string[] | undefined {
  if (!text.startsWith("<")) return undefined;
  const tokens: string[] = [];
  for (let from = 0; from < text.length;) {
    token.lastIndex = from;
    const part = token.exec(text)?.[0];
    if (part === undefined) return undefined;
    if (part.trim() !== "") tokens.push(part.startsWith("<") ? part : part.trim());
    from += part.length;
  }
  return tokens;
}

function isOpening(part: string): boolean {
  return /^<[^!?/]/.test(part) && !part.endsWith("/>");
}

/** Escaped XML in a text: what it says, indented. */
function nestedXml(text: string, depth: number): string[] | undefined {
  if (depth >= deepest || !/^&lt;[A-Za-z?!]/.test(text)) return undefined;
  const unescaped = text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
  return prettyXml(unescaped, depth + 1);
}
