/** A row's text (JSON, UTF-8) where it stands in bytes of somebody else's: who keeps it, copies it before they change. */
export class KeptText {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;

  /** `bytes` from place `from` up to `to`, which is not part of it. */
  constructor(bytes: Buffer, from: number, to: number) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  toString(): string {
    return this.bytes.toString('utf8', this.from, this.to);
  }
}
