/** No answer came, so nobody knows whether the request was carried out. */
export class ConnectionLost extends Error {
  constructor(reason: string) {
    super(`no answer: ${reason}`);
    this.name = 'ConnectionLost';
  }
}
