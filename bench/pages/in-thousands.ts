/** A whole number with commas between its thousands. */
export const inThousands = (value: number): string => Math.round(value).toLocaleString('en-US');
