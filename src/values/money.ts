/** A safe integer in the currency's minor unit (ISO 4217: 1299 USD is 12.99, 1299 JPY is 1299). */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}
