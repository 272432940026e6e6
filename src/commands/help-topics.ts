/** `cti help TOPIC`: the pages the binary carries. */
export const helpTopics: Readonly<Record<string, string>> = {};
