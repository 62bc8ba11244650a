import { secondMs } from '../../values/time.ts';

/** How soon money is tried again where the switch says armed and only the log could not confirm it. Chosen, not measured. */
export const tryAgainMs = 10 * secondMs;
