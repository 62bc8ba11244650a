/** Node's codes (its documentation of TLS, "X509 certificate error codes") for certificates that lead to no authority we know. */
const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/** What a broker says to who shows no certificate, or one that it doesn't take (RFC 8446, 6.2). */
const refusals = /alert (bad certificate|certificate required|unknown ca|certificate unknown|certificate expired|unsupported certificate)/;

/**
 * Why a connection over TLS was not made, in words, where a certificate is the reason. `isRefusal`: the broker doesn't take
 * ours; else we don't take its own.
 */
export const tlsTrouble = (error: Error): { readonly why: string; readonly isRefusal: boolean } | undefined => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (untrusted.has(code)) return { why: `its certificate is signed by no authority that we trust (${code})`, isRefusal: false };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return { why: `its certificate is not valid now (${code})`, isRefusal: false };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { why: `its certificate is of another host (${code})`, isRefusal: false };
  const [, alert] = refusals.exec(message) ?? [];
  return alert === undefined
    ? undefined
    : { why: `it takes no connection without a certificate of its liking (${alert})`, isRefusal: true };
};
