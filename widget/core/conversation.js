import { Problem, isPassing } from "./api.js";
import { TIMES, browserEnv, newId } from "./env.js";
import { Feed } from "./feed.js";
import { Nap, pause } from "./waiting.js";

/** @typedef {import("../types.js").ConversationApi} ConversationApi */

/**
 * The person's one conversation: all that the view may ask, on top of what it draws.
 * @implements {ConversationApi}
 */
export class Conversation extends Feed {
  /**
   * @param {import("../types.js").ConversationOptions} options
   * @param {import("./env.js").Env} [env]
   * @param {import("./env.js").Times} [times]
   */
  constructor({ gateway, page, identity }, env = browserEnv(), times = TIMES) {
    super(gateway, env, times);
    this._env = env;
    this._times = times;
    this._page = page;
    this._identity = identity;
    this._isKnown = identity === undefined;
    /** An attempt to erase had no answer. */
    this._isErasing = false;
    this._nap = new Nap();
    this._wake = (/** @type {Event} */ event) => this._onWake(event.type);
  }

  async start() {
    this._watch("addEventListener");
    this._conversation = this._session.record?.conversation ?? null;
    this._owner = this._session.record?.owner ?? "";
    this._redraw();
    if (!this._isKnown) return this.identify(this._identity ?? null);
    this._listen();
    this._outbox.flush();
  }

  /** @param {string} text */
  send(text) {
    this._add({ text });
  }

  /** A second click on a choice is the first one. @param {import("../types.js").Choice} choice */
  choose({ id, label }) {
    const isOnItsWay = [...this._outbox.items, ...this._sent.values(), ...this._log.messages].some(
      (one) => one.choice === id && isOpen(one),
    );
    if (!isOnItsWay) this._add({ text: label, choice: id });
  }

  /** @param {string} id */
  retry(id) {
    this._outbox.retry(id);
  }

  /** @param {string} id */
  discard(id) {
    this._outbox.remove(id);
  }

  /**
   * @param {number} seq
   * @param {boolean} helpful
   * @param {string} [reason]
   */
  async feedback(seq, helpful, reason) {
    await this._ask("PUT", `/messages/${seq}/feedback`, { body: { helpful, reason } });
    this._patch({ seq, feedback: helpful });
    this._tabs.tell({ type: "feedback", detail: { seq, feedback: helpful } });
  }

  /** For the team's figures; nothing hangs on it. @param {number} seq @param {number} article */
  opened(seq, article) {
    this._session.call("POST", `/messages/${seq}/opened`, { body: { article } });
  }

  /** @returns {Promise<import("../types.js").AboutMe>} */
  about() {
    return this._ask("GET", "/me");
  }

  /** @returns {Promise<Blob>} */
  exportMe() {
    return this._ask("GET", "/me/export", { as: "blob", timeout: this._times.export });
  }

  async erase() {
    const hadSession = this._session.record !== null;
    const result = await this._session.call("DELETE", "/me", { timeout: this._times.export });
    // Where the answer to the first attempt was lost, the second finds nothing to open.
    const isGone = result.status === 401 && (this._isErasing || !hadSession);
    this._isErasing = result.status === 0;
    if (!result.ok && !isGone) throw new Problem(result);
    this._tabs.tell({ type: "erased" });
    this._wipe();
  }

  async begin() {
    this._tabs.tell({ type: "begun" });
    this._begin();
    if (this._identity !== undefined) await this.identify(this._identity);
  }

  /** @param {boolean} visible */
  seen(visible) {
    this._isVisible = visible;
    if (this._count()) this._tabs.tell({ type: "read" });
  }

  /** @param {string} page */
  setPage(page) {
    this._page = page;
  }

  /** @param {import("../types.js").Identity} identity */
  async identify(identity) {
    this._identity = identity;
    this._isKnown = false;
    this._listener.stop();
    if (!(await this._adopt(identity))) this._adoptLater(identity);
  }

  async logout() {
    this._identity = undefined;
    this._isKnown = true;
    this._session.logout();
    this._storage.clear();
    this._tell("outbox");
  }

  stop() {
    this._isStopped = true;
    this._watch("removeEventListener");
    this._listener.stop();
    this._outbox.stop();
    this._tabs.close();
    this._nap.wake();
  }

  /** @param {"addEventListener" | "removeEventListener"} how */
  _watch(how) {
    for (const type of ["online", "offline", "pageshow"]) this._env.window[how](type, this._wake);
    this._env.document[how]("visibilitychange", this._wake);
  }

  /** @param {string} type of the browser's event */
  _onWake(type) {
    if (type === "offline") return this._onStatus("offline");
    if (type === "visibilitychange" && this._env.document.visibilityState === "hidden") return;
    this._nap.wake();
    this._outbox.hurry();
    if (!this._session.record) this._onStatus("online");
    else if (type === "online") this._listener.refresh();
    else this._listener.shown();
  }

  /** @param {{text: string, choice?: string}} part */
  _add(part) {
    if (this.state.erased) return;
    const record = this._isKnown ? this._session.record : null;
    const { owner = null, conversation = null } = record ?? {};
    const id = newId();
    const at = new Date().toISOString();
    const seen = this._log.last;
    this._mine.add(id);
    this._outbox.add({ id, ...part, page: this._page, seen, at, owner, conversation });
  }

  /**
   * @param {import("../types.js").Identity} identity
   * @returns {Promise<boolean>} whether it is known now who the person is
   */
  async _adopt(identity) {
    const result = await this._session.adopt(identity);
    if (this._identity !== identity || this._isStopped) return true;
    if (!result.ok && isPassing(result)) return false;
    this._isKnown = true;
    this._listen();
    this._outbox.hurry();
    return true;
  }

  /** @param {import("../types.js").Identity} identity */
  async _adoptLater(identity) {
    for (let tries = 1; ; tries++) {
      this._onStatus(tries > 1 ? "offline" : "connecting");
      await this._nap.sleep(pause(tries, this._times));
      if (this._identity !== identity || (await this._adopt(identity))) return;
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {import("./session.js").CallOptions} [options]
   */
  async _ask(method, path, options) {
    const result = await this._session.call(method, path, options);
    if (result.ok) return result.data;
    throw new Problem(result);
  }
}

/**
 * Whether a message is still to be sent or answered.
 * @param {{problem?: string, state?: string}} one
 */
const isOpen = ({ problem, state = "pending" }) => problem === undefined && state === "pending";
