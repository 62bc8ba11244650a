import { letterHeaders } from '../../engine/dead-letter.ts';
import type { LogRecord } from '../../engine/log.ts';
import { deadLettersTopic } from '../../engine/topics.ts';
import type { Topic } from '../../formats/topic.ts';
import type { Issue } from '../../topics/issues.ts';
import { issues } from '../../topics/issues.ts';
import type { Command } from '../../topics/remedies.ts';
import { remedies } from '../../topics/remedies.ts';
import { invariant } from '../../values/invariant.ts';
import type { Instant } from '../../values/time.ts';
import { instant } from '../../values/time.ts';

/** What was ordered for one problem at one time. */
export interface Remedied {
  readonly at: Instant;
  readonly issue: Issue;
  readonly commands: readonly Command[];
}

export interface Letter {
  readonly at: Instant;
  readonly topic: string;
  readonly code: string;
}

const remedyTopics = new Map<string, Topic<Command>>(
  Object.values(remedies).map((topic) => [topic.name, topic as unknown as Topic<Command>]),
);

const read = <T>(topic: Topic<T>, record: LogRecord): T => {
  const decoded = topic.decode(record);
  invariant(decoded.kind === 'read', `our own record ${record.topic}/${record.partition}@${record.offset} can be read`);
  return decoded.value;
};

/** Everything that the pipeline wrote, kept as it comes. */
export class Results {
  /** By topic, in the order of reading. */
  readonly records = new Map<string, LogRecord[]>();
  /** The last revision of each. */
  readonly issues = new Map<string, Issue>();
  readonly #helped = new Set<string>();
  /** By the subject of their problem, when the customer first got something: money or goods when ordered, a message when it may be read. */
  readonly helpedAt = new Map<string, Instant>();
  letters = 0;

  /** A customer who got something, to begin to look with. */
  get anExample(): string | undefined {
    return this.#helped.values().next().value;
  }

  get customersHelped(): number {
    return this.#helped.size;
  }

  /** Takes what is new, and tells what of it a person would like to see. */
  take(news: readonly LogRecord[]): { readonly remedied: readonly Remedied[]; readonly letters: readonly Letter[] } {
    const letters: Letter[] = [];
    const commands: Command[] = [];
    for (const record of news) {
      const { topic } = record;
      const kept = this.records.get(topic);
      if (kept) kept.push(record);
      else this.records.set(topic, [record]);
      const remedy = remedyTopics.get(topic);
      if (topic === issues.name) this.#learn(read(issues, record));
      else if (remedy) commands.push(read(remedy, record));
      else if (topic === deadLettersTopic) letters.push(letterOf(record));
    }
    this.letters += letters.length;
    return { remedied: this.#byProblem(commands), letters };
  }

  #learn(issue: Issue): void {
    const known = this.issues.get(issue.id);
    if (!known || known.revision < issue.revision) this.issues.set(issue.id, issue);
  }

  #byProblem(commands: readonly Command[]): readonly Remedied[] {
    const remedied: Remedied[] = [];
    for (const [id, ordered = []] of Map.groupBy(commands, ({ issue }) => issue)) {
      const issue = this.issues.get(id);
      const [first] = ordered;
      invariant(issue && first, `the issue ${id} was told before its commands`);
      this.#helped.add(issue.customer);
      const reached = ordered.flatMap((command) => reachedAt(command) ?? []);
      const before = this.helpedAt.get(issue.subject);
      if (reached.length > 0) this.helpedAt.set(issue.subject, instant(Math.min(...reached, before ?? Number.POSITIVE_INFINITY)));
      remedied.push({ at: first.decidedAt, issue, commands: ordered });
    }
    return remedied.toSorted((a, b) => a.at - b.at);
  }
}

/** When a command is felt by the customer; undefined for what isn't: a retraction, a case for an associate. */
const reachedAt = (command: Command): Instant | undefined => {
  switch (command.kind) {
    case 'notification':
      return command.notBefore;
    case 'refund':
    case 'credit':
    case 'replacement':
    case 'return':
      return command.decidedAt;
    case 'escalation':
    case 'retraction':
      return undefined;
  }
};

const letterOf = (record: LogRecord): Letter => {
  const headers = record.headers();
  const text = (name: string): string => headers.get(name)?.toString('utf8') ?? 'unknown';
  return { at: record.timestamp, topic: text(letterHeaders.topic), code: text(letterHeaders.exception) };
};
