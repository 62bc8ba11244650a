import type { World } from '../../world/holiday-week.ts';
import { problemInWords, remedyInWords, timeInWords } from './in-words.ts';
import type { Play } from './play.ts';
import type { Letter, Remedied, Results } from './results.ts';
import type { Screen } from './screen.ts';

/** As wide as `  18:00  ` at the beginning of a line. */
const indent = ' '.repeat(9);

/** What a person sees of the demo. */
export class View {
  readonly #screen: Screen;
  readonly #world: World;
  /** By subject: by whose clock a message waits for the morning. */
  readonly #zones: ReadonlyMap<string, string>;
  #day = '';

  constructor(screen: Screen, world: World) {
    this.#screen = screen;
    this.#world = world;
    this.#zones = new Map(world.cases.map(({ subject, zone }) => [subject, zone]));
  }

  /** `address`: where the metrics are. */
  open(address: string, speed: number): void {
    const { cases, start, end } = this.#world;
    const parcels = cases.filter(({ kind }) => kind === 'parcel').length;
    const screen = this.#screen;
    screen.line(
      `${screen.style('bold', 'Amends')}: a holiday week, simulated: ${parcels} parcels and ${cases.length - parcels} films, ${timeInWords(start)} to ${timeInWords(end)} UTC`,
    );
    screen.line(screen.style('dim', `${speed} hours a second; ${address}/metrics /healthz /readyz; Ctrl-C ends with the summary`));
    screen.line(screen.style('dim', 'Times are UTC; a message keeps the hours of its customer, by whose clock its time is told.'));
    this.#screen.line();
  }

  show(news: { readonly remedied: readonly Remedied[]; readonly letters: readonly Letter[] }, play: Play, results: Results): void {
    for (const letter of news.letters) this.#letter(letter);
    for (const remedied of news.remedied) this.#remedied(remedied);
    const counts = `${play.told.toLocaleString('en-US')} records, ${results.issues.size} problems, ${results.customersHelped} customers helped`;
    this.#screen.status(`${timeInWords(play.now)}  ${counts}`);
  }

  close(play: Play, words: readonly string[]): void {
    this.#screen.end();
    this.#screen.line();
    this.#screen.line(
      this.#screen.style('bold', `${play.isOver ? 'The week is over' : 'Ended'}, ${timeInWords(play.now)} UTC (all of it simulated)`),
    );
    for (const line of words) this.#screen.line(line);
  }

  #remedied({ at, issue, commands }: Remedied): void {
    const screen = this.#screen;
    const remedies = [...new Set(commands.map((command) => remedyInWords(command, this.#zones.get(issue.subject))))].join(', ');
    const rules = [...new Set(commands.map(({ rule }) => rule))].join(', ');
    const problem = problemInWords(issue);
    const who = `(${rules}, ${issue.customer})`;
    const fits = indent.length + `${problem}  ->  ${remedies}  ${who}`.length <= screen.columns;
    this.#at(at, `${problem}${fits ? '  ' : `\n${indent}`}->  ${screen.style('green', remedies)}  ${screen.style('dim', who)}`);
  }

  #letter({ at, topic, code }: Letter): void {
    this.#at(at, this.#screen.style('yellow', `a record on ${topic} can't be read: ${code}; set aside, the rest goes on`));
  }

  #at(at: Remedied['at'], text: string): void {
    const time = timeInWords(at);
    const day = time.slice(0, -6);
    if (day !== this.#day) this.#screen.line(this.#screen.style('cyan', day));
    this.#day = day;
    this.#screen.line(`  ${this.#screen.style('dim', time.slice(-5))}  ${text}`);
  }
}
