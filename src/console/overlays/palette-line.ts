/** A word of a line, as it stands there (`start` to `end`) and as it is meant (`text`, without its quotes). */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** Words as the shell takes them: parted by spaces, kept together by single or double quotes; `\"` and `\\` within double ones. */
export function wordsOf(line: string): { words: Word[]; open: '"' | "'" | undefined } {
  const words: Word[] = [];
  let word: Word | undefined;
  let open: '"' | "'" | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (open === undefined && /\s/.test(character)) {
      word = undefined;
      continue;
    }
    if (word === undefined) {
      word = { text: "", start: at, end: at };
      words.push(word);
    }
    if (character === open) open = undefined;
    else if (open === undefined && (character === '"' || character === "'")) open = character;
    else if (open === '"' && character === "\\" && /["\\]/.test(line.charAt(at + 1)))
      word.text += line.charAt(++at);
    else word.text += character;
    word.end = at + 1;
  }
  return { words, open };
}

/** A word as it has to be written to be one. */
export function quoted(word: string): string {
  if (word !== "" && !/[\s"']/.test(word)) return word;
  return `"${word.replace(/["\\]/g, "\\$&")}"`;
}
