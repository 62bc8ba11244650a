import type { CustomerId } from '../values/ids.ts';
import type { Instant } from '../values/time.ts';

/** What goes wrong. The two last are trouble that deserves no money: long over, or part of a subscription. */
export type Trouble =
  | 'late'
  | 'late-by-a-little'
  | 'stalled'
  | 'lost-declared'
  | 'lost-silently'
  | 'stuttered'
  | 'old-news'
  | 'stuttered-subscription';

/** The truth about one parcel or session, which nobody who reads the topics can know. */
export interface Case {
  readonly kind: 'parcel' | 'film';
  /** The key of its records. */
  readonly subject: string;
  readonly customer: CustomerId;
  /** When the first record about it reaches the log. */
  readonly beginsAt: Instant;
  /** Absent where all is fine. */
  readonly trouble?: Trouble;
  /** When this simulated customer, left alone, would have called. Absent where they wouldn't, or where it solved itself first. */
  readonly wouldCallAt?: Instant;
  /** Where the customer lives. */
  readonly zone: string;
}
