declare module "ltx" {
  /** A stream parser; only what the bench drives of it. */
  export class Parser {
    write(text: string): void;
    end(): void;
  }
}
