/** A conversation for looking at the widget: any state, no gateway. Never shipped in widget/. */

/** @typedef {import("../../../widget/types.js").State} State */

/** @returns {State} */
export function emptyState() {
  return {
    messages: [],
    outgoing: [],
    working: false,
    note: null,
    connection: "online",
    unread: 0,
    identified: false,
    erased: false,
    ready: true,
    restarted: false,
  };
}

/** @implements {import("../../../widget/types.js").ConversationApi} */
export class FakeConversation extends EventTarget {
  state = emptyState();
  /** @type {unknown[][]} what the view asked for */
  asked = [];

  /** @param {Partial<State>} changes */
  change(changes) {
    this.state = { ...this.state, ...changes };
    this.dispatchEvent(new CustomEvent("change"));
  }

  /** @param {Partial<import("../../../widget/types.js").Message>[]} answers */
  answer(answers) {
    let seq = this.state.messages.at(-1)?.seq ?? 0;
    const at = new Date().toISOString();
    const messages = answers.map((one) => ({
      from: "assistant",
      text: "",
      at,
      ...one,
      seq: ++seq,
    }));
    this.change({ messages: [...this.state.messages, ...messages], working: false, note: null });
    messages.forEach((detail) => this.dispatchEvent(new CustomEvent("message", { detail })));
  }

  /** @param {string} text @param {string} [choice] */
  say(text, choice) {
    const seq = (this.state.messages.at(-1)?.seq ?? 0) + 1;
    const message = {
      seq,
      from: "user",
      text,
      choice,
      id: `id-${seq}`,
      at: new Date().toISOString(),
    };
    this.change({
      messages: [...this.state.messages, { ...message, state: "pending" }],
      working: true,
    });
  }

  async start() {}
  send(text) {
    this.asked.push(["send", text]);
    this.say(text);
  }
  choose(choice) {
    this.asked.push(["choose", choice.id]);
    this.say(choice.label, choice.id);
  }
  retry(id) {
    this.asked.push(["retry", id]);
  }
  discard(id) {
    this.asked.push(["discard", id]);
    this.change({ outgoing: this.state.outgoing.filter((one) => one.id !== id) });
  }
  async feedback(seq, helpful, reason) {
    this.asked.push(["feedback", seq, helpful, reason]);
  }
  async about() {
    const since = "2026-11-03T12:00:00Z";
    return { since, messages: 42, cases: 1, feedback: 3, retention_days: 180, identified: false };
  }
  async exportMe() {
    return new Blob(["{}"], { type: "application/json" });
  }
  async erase() {
    this.change({ ...emptyState(), erased: true });
    this.dispatchEvent(new CustomEvent("erased"));
  }
  async begin() {
    this.change(emptyState());
  }
  seen(visible) {
    if (visible && this.state.unread) this.change({ unread: 0 });
  }
  setPage(page) {
    this.asked.push(["setPage", page]);
  }
  async identify() {}
  async logout() {}
  stop() {}
}
