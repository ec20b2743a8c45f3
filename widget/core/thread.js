import { MessageLog } from "./log.js";

/**
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Outgoing} Outgoing
 * @typedef {import("./outbox.js").Item} Item
 */

/** The highest seq that was read here; in storage, for all tabs. */
const READ = "read";

/** @type {State} */
const EMPTY = {
  messages: [],
  outgoing: [],
  working: false,
  note: null,
  connection: "connecting",
  held: { by: "assistant" },
  unread: 0,
  identified: false,
  erased: false,
  ready: false,
  restarted: false,
};

/** Tells listeners at most once a frame that something changed, and after that what happened. */
class Emitter extends EventTarget {
  /** @param {(run: () => void) => void} frame */
  constructor(frame) {
    super();
    this._frame = frame;
    this._isDue = false;
    /** @type {Event[]} */
    this._events = [];
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  _fire(type, detail) {
    this._events.push(new CustomEvent(type, { detail }));
    this._change();
  }

  _change() {
    if (this._isDue) return;
    this._isDue = true;
    this._frame(() => this._tellAll());
  }

  _tellAll() {
    if (!this._isDue) return;
    this._isDue = false;
    const events = [new Event("change"), ...this._events.splice(0)];
    events.forEach((event) => this.dispatchEvent(event));
  }
}

/** What is drawn: the stored messages, those on their way, and how many are unread. */
export class Thread extends Emitter {
  /**
   * @param {(run: () => void) => void} frame
   * @param {import("./storage.js").SafeStorage} storage
   */
  constructor(frame, storage) {
    super(frame);
    this.state = EMPTY;
    this._storage = storage;
    /** @type {string | null} */
    this._conversation = null;
    this._log = new MessageLog();
    /** @type {Map<string, Item>} confirmed, but not yet brought by the stream */
    this._sent = new Map();
    /** What comes now is news, not history. */
    this._isLoaded = false;
    this._isVisible = false;
  }

  /** @param {Partial<State>} change */
  _set(change) {
    this.state = { ...this.state, ...change };
    this._change();
  }

  /**
   * Begin with nothing.
   * @param {Partial<State>} [change]
   */
  _clear(change) {
    this._log = new MessageLog();
    this._sent.clear();
    this._set({ ...EMPTY, connection: this.state.connection, ...change });
  }

  /** @param {Message[]} messages that leave no gap */
  _take(messages) {
    const fresh = this._log.add(messages);
    messages.forEach(({ id }) => this._sent.delete(id ?? ""));
    this._set({ messages: this._log.messages });
    this._count();
    if (!this._isLoaded) return;
    fresh.filter(({ from }) => from !== "user").forEach((one) => this._fire("message", one));
  }

  /** @param {Partial<Message> & {seq: number}} change */
  _patch(change) {
    if (this._log.change(change)) this._set({ messages: this._log.messages });
  }

  /** The stored conversation has been read; on a device new to it, it counts as known. */
  _load() {
    if (!this._isLoaded && this._read === null) this._read = this._log.last;
    this._isLoaded = true;
    this._set({ ready: true });
    this._count();
  }

  /** @returns {number | null} */
  get _read() {
    const kept = this._storage.get(READ);
    return kept?.conversation === this._conversation ? kept.seq : null;
  }

  set _read(seq) {
    this._storage.set(READ, { conversation: this._conversation, seq });
  }

  /** @returns {boolean} whether more has been read than before */
  _count() {
    const read = this._read ?? 0;
    const isNews = this._isVisible && this._log.last > read;
    if (isNews) this._read = this._log.last;
    const since = isNews ? this._log.last : read;
    const isUnread = (/** @type {Message} */ one) => one.from !== "user" && one.seq > since;
    this._set({ unread: this._log.messages.filter(isUnread).length });
    return isNews;
  }

  /**
   * @param {Item[]} items the queue
   * @param {boolean} isWaiting for the network, or for the gateway
   */
  _draw(items, isWaiting) {
    const queued = items.filter(({ id }) => !this._log.has(id) && !this._sent.has(id));
    const outgoing = [...this._sent.values(), ...queued].sort((one, other) => one.n - other.n);
    this._set({ outgoing: outgoing.map((item) => this._drawn(item, isWaiting)) });
  }

  /**
   * @param {Item} item
   * @param {boolean} isWaiting
   * @returns {Outgoing}
   */
  _drawn({ id, text, choice, at, problem }, isWaiting) {
    const moving = isWaiting ? "queued" : "sending";
    const delivery = this._sent.has(id) ? "sent" : problem === undefined ? moving : "failed";
    return { id, text, choice, at, delivery, problem };
  }
}
