/** An answer that is shorter than it says, or holds a number that can't be: of no use, and so is its connection. */
export class AnswerUnreadable extends Error {
  constructor(apiName: string, what: string) {
    super(`the answer to ${apiName} can not be read: ${what}`);
    this.name = 'AnswerUnreadable';
  }
}
