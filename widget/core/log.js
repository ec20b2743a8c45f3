/** @typedef {import("../types.js").Message} Message */

/** The stored messages that this page knows, in order of seq and without a gap. */
export class MessageLog {
  constructor() {
    /** @type {Message[]} replaced where something changes */
    this.messages = [];
    /** All messages up to this seq are here. */
    this.last = 0;
  }

  /** After which seq to read: an unanswered message may have got another state unseen. */
  get from() {
    const pending = this.messages.find(({ state }) => state === "pending");
    return pending ? pending.seq - 1 : this.last;
  }

  /** @param {string} id the client's */
  has(id) {
    return this.messages.some((message) => message.id === id);
  }

  /**
   * Take messages that leave no gap: the next ones, or known ones anew.
   * @param {Message[]} messages in order of seq
   * @returns {Message[]} those that were not here
   */
  add(messages) {
    const fresh = messages.filter((message) => !this.change(message));
    if (fresh.length) {
      this.messages = [...this.messages, ...fresh].sort((one, other) => one.seq - other.seq);
      this.last = Math.max(this.last, ...fresh.map(({ seq }) => seq));
    }
    return fresh;
  }

  /**
   * Change a message, if it is here.
   * @param {Partial<Message> & {seq: number}} change
   * @returns {boolean} whether it is
   */
  change(change) {
    const old = this.messages.find(({ seq }) => seq === change.seq);
    if (!old) return false;
    const next = { ...old, ...change };
    // News may overtake each other, and nothing settled is open again.
    if (change.state === "pending") next.state = old.state;
    const isChanged = JSON.stringify(next) !== JSON.stringify(old);
    if (isChanged) this.messages = this.messages.map((one) => (one === old ? next : one));
    return true;
  }
}
