/** `fenced`: another has taken over the id. `permanent`, `too-large`: it would be refused again. `transient`: it may go well next time. */
export type Refusal = 'fenced' | 'permanent' | 'too-large' | 'transient';

/** A request that didn't do what it should: the broker said no, or no answer came. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, reason: string) {
    super(reason);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** A request that our tests made fail. */
export class Injected extends Refused {}
