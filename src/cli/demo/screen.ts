import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'cyan';

const eraseLine = '\r\u001B[2K';

/** Lines that scroll, and on a terminal one below them that stays. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  readonly #hasColours: boolean;
  /** How wide a line may be; where nobody watches, as wide as it likes. */
  readonly columns: number;
  #status = '';

  constructor(of: {
    readonly write: (text: string) => void;
    readonly isTerminal: boolean;
    readonly columns: number;
    readonly noColour: boolean;
  }) {
    this.#write = of.write;
    this.#isTerminal = of.isTerminal;
    this.#hasColours = of.isTerminal && !of.noColour;
    this.columns = of.isTerminal ? of.columns : Number.POSITIVE_INFINITY;
  }

  /** Marked up where there are colours, else as it is. */
  style(style: Style, text: string): string {
    return this.#hasColours ? styleText(style, text, { validateStream: false }) : text;
  }

  line(text = ''): void {
    this.#write(this.#isTerminal ? `${eraseLine}${text}\n${this.#status}` : `${text}\n`);
  }

  /** What stays below the lines; nothing where nobody watches. */
  status(text: string): void {
    if (!this.#isTerminal) return;
    this.#status = this.style('dim', text.slice(0, this.columns - 1));
    this.#write(`${eraseLine}${this.#status}`);
  }

  /** Takes the status away. */
  end(): void {
    if (this.#isTerminal) this.#write(eraseLine);
    this.#status = '';
  }
}
