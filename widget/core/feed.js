import { Api, LOST } from "./api.js";
import { Outbox } from "./outbox.js";
import { Session } from "./session.js";
import { SafeStorage } from "./storage.js";
import { Listener } from "./stream.js";
import { Locks, Tabs } from "./tabs.js";
import { Thread } from "./thread.js";

/** Keeps the thread and the gateway alike: sends what is queued, takes what comes. */
export class Feed extends Thread {
  /**
   * @param {string} gateway
   * @param {import("./env.js").Env} env
   * @param {import("./env.js").Times} times
   */
  constructor(gateway, env, times) {
    const storage = new SafeStorage(env.storage, `omni-support:${gateway}:`);
    super(env.frame, storage);
    this._times = times;
    const parts = { storage, times, locks: new Locks(env, storage, times) };
    const api = new Api(gateway, env, times);
    this._session = new Session({ ...parts, api, changed: (givenUp) => this._onSession(givenUp) });
    this._outbox = new Outbox({
      ...parts,
      send: (item) => this._post(item),
      sent: (item) => this._onSent(item),
      changed: () => this._tell("outbox"),
    });
    this._listener = new Listener(this._hooks(), env, times);
    this._tabs = new Tabs(env, storage, (note) => this._onTab(note));
    /** Whether it is known who the person is; until then nothing is sent or read. */
    this._isKnown = false;
    this._isStopped = false;
    this._owner = "";
    /** @type {Set<string>} ids of what was sent in this tab */
    this._mine = new Set();
  }

  /** @param {import("./outbox.js").Item} item */
  async _post(item) {
    if (!this._isKnown) return LOST;
    const body = () => this._wire(item);
    const result = await this._session.call("POST", "/messages", { open: true, body });
    if (this._session.record) this._switch(false);
    else if (result.status === 0) this._onStatus("offline");
    return result.ok && !Number.isInteger(result.data?.message?.seq) ? LOST : result;
  }

  /** @param {import("./outbox.js").Item} item */
  _wire({ id, text, choice, page, seen, conversation }) {
    if (!this._outbox.has(id)) return null;
    // Another conversation never offered that choice; its label says the same.
    const isHere = [null, this._session.record?.conversation].includes(conversation);
    if (!isHere) return { id, page, text };
    return { id, page, seen, ...(choice ? { choice } : { text }) };
  }

  /** @param {import("./outbox.js").Item} item */
  _onSent(item) {
    this._confirm(item);
    this._tabs.tell({ type: "sent", detail: { item, conversation: this._conversation } });
    this._listener.expect(() => this._log.has(item.id));
  }

  /** @param {import("./outbox.js").Item} item */
  _confirm(item) {
    if (this._log.has(item.id)) return;
    this._sent.set(item.id, item);
    this._set({ working: true });
    this._redraw();
    this._fire("sent", this._drawn(item, false));
  }

  _redraw() {
    this._draw(this._outbox.items, this._outbox.isWaiting || this.state.connection === "offline");
  }

  /** Show a change, and tell it to the other tabs. @param {string} type @param {any} [detail] */
  _tell(type, detail) {
    this._redraw();
    this._tabs.tell({ type, detail });
  }

  /** @returns {import("./stream.js").Hooks} */
  _hooks() {
    const headers = () => ({
      Accept: "text/event-stream",
      "Last-Event-ID": String(this._log.last),
    });
    return {
      catchUp: (abort, tries) => this._catchUp(abort, tries),
      open: (abort) =>
        this._session.call("GET", "/events", { as: "response", abort, headers: headers() }),
      event: (event) => this._onEvent(event),
      status: (connection) => this._onStatus(connection),
      isWorking: () => this.state.working,
      isAwaited: () => this.state.working && this._mine.size > 0,
    };
  }

  /** @param {import("../types.js").Connection} connection */
  _onStatus(connection) {
    if (connection === this.state.connection) return;
    this._set({ connection });
    this._redraw();
    if (connection === "online") this._outbox.hurry();
  }

  /**
   * @param {AbortController} abort
   * @param {number} tries
   */
  async _catchUp(abort, tries) {
    const conversation = this._conversation;
    const timeout = Math.min(this._times.request, this._times.catchUp * (1 + tries));
    for (let after = this._log.from; ; ) {
      const result = await this._session.call("GET", `/messages?after=${after}`, { abort, timeout });
      if (!result.ok) return result;
      const { messages, last, working, note, held } = result.data ?? {};
      if (this._conversation !== conversation || !Array.isArray(messages)) return LOST;
      // The gateway's store was restored from a backup, and counts anew.
      if (last < this._log.last) return this._forget();
      this._receive(messages);
      this._set({ working: Boolean(working), note: note ?? null, held: Object(held) });
      after = messages.at(-1)?.seq ?? last;
      if (after >= last) {
        this._load();
        return result;
      }
    }
  }

  _forget() {
    this._clear({ identified: this.state.identified });
    return LOST;
  }

  /** @param {import("../types.js").Message[]} messages */
  _receive(messages) {
    // The stream may be quicker than the answer to the request.
    for (const one of messages) {
      const id = one.id ?? "";
      // Written in this tab, or before a reload.
      const isOurs = this._mine.has(id) || (id && this._outbox.has(id));
      if (isOurs && !this._sent.has(id) && !this._log.has(id)) this._fire("sent", { ...one, delivery: "sent" });
    }
    this._take(messages);
    // Stored, whatever became of the answer to the request that sent it.
    messages.forEach(({ id }) => id && this._outbox.remove(id));
    // Of a turn that was over before the stream looked, no event says so.
    const isSettled = !this._sent.size && this._log.from === this._log.last;
    if (isSettled) this._set({ working: false, note: null });
    this._redraw();
  }

  /** @param {import("./sse.js").ServerEvent} event */
  _onEvent({ type, data }) {
    const body = parsed(data);
    if (type === "erased") this._wipe();
    else if (type === "working") {
      this._set({ working: Boolean(body.working), note: body.note ?? null });
    } else if (type === "held") this._set({ held: body });
    else if (type === "state") this._patch(body);
    else if (type === "message" && Number.isInteger(body.seq)) {
      // What was skipped has to be read first.
      if (body.seq > this._log.last + 1) this._listener.again();
      else this._receive([body]);
    }
  }

  /** @param {import("./tabs.js").Note} note */
  _onTab({ type, detail }) {
    if (type === "session") {
      if (detail) this._session.unname();
      return this._switch(detail);
    }
    // A tab that is gone may have opened the session without a word.
    if (this._session.record) this._switch(false);
    if (type === "outbox") {
      this._redraw();
      this._outbox.flush();
    } else if (type === "sent") {
      if (detail.conversation === this._conversation) this._confirm(detail.item);
    } else if (type === "read") this._count();
    else if (type === "feedback") this._patch(detail);
    else if (type === "erased") this._wipe();
    else if (type === "begun") this._begin();
  }

  /** @param {boolean} isGivenUp */
  _onSession(isGivenUp) {
    // Told first: what the change does to the queue is told too, and says less.
    this._tabs.tell({ type: "session", detail: isGivenUp });
    this._switch(isGivenUp);
  }

  /** Go over to the session's conversation. @param {boolean} isGivenUp */
  _switch(isGivenUp) {
    const record = this._session.record;
    const { conversation = null, owner = this._owner } = record ?? {};
    if (isGivenUp || record) this._outbox.keepOnly(isGivenUp ? null : owner);
    if (conversation === this._conversation || this.state.erased) return;
    const isLost = this._conversation !== null && !isGivenUp && owner === this._owner;
    if (this._conversation) this._clear({ restarted: isLost });
    if (isLost) this._fire("restarted");
    this._conversation = conversation;
    this._owner = owner;
    // A new visitor's conversation is empty, so all that comes is news.
    this._isLoaded = !record?.identified;
    if (this._isLoaded && this._read === null) this._read = 0;
    this._listen();
  }

  _listen() {
    if (!this._isKnown || this._isStopped) return;
    const record = this._session.record;
    this._set({ identified: Boolean(record?.identified) });
    if (record) return this._listener.start();
    this._listener.stop();
    this._isLoaded = true;
    this._set({ ready: true, connection: "online" });
    this._redraw();
  }

  _wipe() {
    this._storage.clear();
    this._listener.stop();
    this._conversation = null;
    this._mine.clear();
    this._clear({ erased: true, ready: true });
    this._fire("erased");
  }

  _begin() {
    this._clear();
    this._listen();
  }
}

/** @param {string} data @returns {any} an object */
function parsed(data) {
  try {
    return Object(JSON.parse(data));
  } catch {
    return {};
  }
}
