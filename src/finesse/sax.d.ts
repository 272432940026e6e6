/** The tokenizer that @xmpp/client reads its own stream with; ltx ships no types. */
declare module "ltx/lib/parsers/ltx.js" {
  export default class SaxParser {
    on(event: "startElement", listener: (name: string, attributes: Record<string, string>) => void): this;
    on(event: "endElement", listener: (name: string) => void): this;
    on(event: "text", listener: (text: string) => void): this;
    write(text: string): void;
    end(text?: string): void;
  }
}
