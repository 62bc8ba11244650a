import type { Telemetry } from './happening.ts';

/** Tells each of `telemetries`, in order. */
export const fanOut =
  (...telemetries: readonly Telemetry[]): Telemetry =>
  (happening) => {
    for (const tell of telemetries) tell(happening);
  };
