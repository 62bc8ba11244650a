/** What the process's exit tells a script; `docs/cli.md` explains each. */
export const exitCodes = {
  done: 0,
  /** A file, policy, setting or id has mistakes, all listed; or a replay had to hold something. */
  mistakes: 1,
  /** What was typed is no verb, or its options are wrong. */
  usage: 2,
  /** Our bug. */
  internal: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Thrown by a verb that has said all there is to say, and ends with another code than `done`. */
export class EndWith extends Error {
  readonly code: ExitCode;
  constructor(code: ExitCode) {
    super(`ended with ${code}`);
    this.name = 'EndWith';
    this.code = code;
  }
}
