import type { RunProcess } from '../cli/service/a-process.ts';
import type { Installation } from '../cli/service/installation.ts';

/** The processes of `amends run`, as many as should be there. */
export class Fleet {
  readonly #installation: Installation;
  readonly #options: readonly string[];
  readonly #frozen = new Set<RunProcess>();
  #members: RunProcess[] = [];
  #started = 0;

  constructor(installation: Installation, options: readonly string[]) {
    this.#installation = installation;
    this.#options = options;
  }

  start(): RunProcess {
    const member = this.#installation.start(...this.#options);
    this.#members.push(member);
    this.#started += 1;
    return member;
  }

  /** Of all that were ever started. */
  get started(): number {
    return this.#started;
  }

  /** Those that run, also frozen. */
  get members(): readonly RunProcess[] {
    this.#members = this.#members.filter(({ isRunning }) => isRunning);
    return this.#members;
  }

  /** Those that run and can answer. */
  get awake(): readonly RunProcess[] {
    return this.members.filter((member) => !this.#frozen.has(member));
  }

  freeze(member: RunProcess): void {
    this.#frozen.add(member);
    member.freeze();
  }

  goOn(member: RunProcess): void {
    this.#frozen.delete(member);
    member.goOn();
  }
}
