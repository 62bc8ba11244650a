/** Codes for failures of our own code; their reasons are our own words. */
const ours = new Set(['AMENDS_HANDLER_FAILED', 'AMENDS_ROW_STUCK']);

/**
 * Whether the reason that comes with this code may quote what stood in the record (a JSON parser does): then it belongs
 * in the dead letter, which is as protected as the record itself, and not in a log.
 */
export const holdsValue = (code: string): boolean => !ours.has(code);
