/** Castagnoli's polynomial, reflected (RFC 3720, 12.1): the checksum of record batches since Kafka 0.11. */
const polynomial = 0x82f63b78;

/** Sixteen tables of 256: sixteen bytes a turn instead of one (slicing-by-16, after Kounavis and Berry 2005). */
const tables = ((): Int32Array => {
  const all = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    all[byte] = crc;
  }
  for (let at = 256; at < all.length; at += 1) {
    const before = all[at - 256] ?? 0;
    all[at] = (before >>> 8) ^ (all[before & 0xff] ?? 0);
  }
  return all;
})();

/** What four bytes do to the checksum that stand so many bytes before the end of the turn: `first` is the table of the first of them. */
const four = (word: number, first: number): number =>
  (tables[first + (word & 0xff)] ?? 0) ^
  (tables[first - 256 + ((word >>> 8) & 0xff)] ?? 0) ^
  (tables[first - 512 + ((word >>> 16) & 0xff)] ?? 0) ^
  (tables[first - 768 + (word >>> 24)] ?? 0);

/** CRC32C of bytes[from..to) as an unsigned 32 bit number. */
export const crc32c = (bytes: Buffer, from: number, to: number): number => {
  // Words at any place, in one load each.
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = -1;
  let at = from;
  for (const last = to - 16; at <= last; at += 16)
    crc =
      four(crc ^ words.getInt32(at, true), 3840) ^
      four(words.getInt32(at + 4, true), 2816) ^
      four(words.getInt32(at + 8, true), 1792) ^
      four(words.getInt32(at + 12, true), 768);
  for (; at < to; at += 1) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
};
