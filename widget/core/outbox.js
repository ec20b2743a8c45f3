import { isPassing } from "./api.js";
import { Nap, pause } from "./waiting.js";

/**
 * What the person sent, kept in storage until the gateway has it: in order, one at a time, once.
 * All tabs see the same queue; whichever holds the lock sends.
 *
 * @typedef {object} Item
 * @property {string} id
 * @property {number} n where it stands in the queue
 * @property {string} text
 * @property {string} [choice]
 * @property {string} [page]
 * @property {number} [seen] the highest seq that was drawn when it was written
 * @property {string} at
 * @property {string | null} owner of the session it was written in; null: there was none
 * @property {string | null} conversation likewise
 * @property {string} [problem] the gateway refused it, saying so
 */
const ITEM = "out:";
const GATE = "gate";

export class Outbox {
  /**
   * @param {object} parts
   * @param {import("./storage.js").SafeStorage} parts.storage
   * @param {import("./tabs.js").Locks} parts.locks
   * @param {import("./env.js").Times} parts.times
   * @param {(item: Item) => Promise<import("./api.js").Result>} parts.send
   * @param {(item: Item, data: any) => void} parts.sent
   * @param {() => void} parts.changed
   */
  constructor({ storage, locks, times, send, sent, changed }) {
    this._storage = storage;
    this._locks = locks;
    this._times = times;
    this._send = send;
    this._sent = sent;
    this._changed = changed;
    this._nap = new Nap();
    this._isRunning = false;
    this._isWanted = false;
    this._isStopped = false;
  }

  /** @returns {Item[]} in the order of sending */
  get items() {
    // A key for each, so that two tabs never overwrite each other's.
    const items = this._storage.keys(ITEM).map((key) => this._storage.get(key));
    return items.filter((item) => item?.id).sort((one, other) => one.n - other.n);
  }

  /** Whether the last attempt failed, and the next is being waited for. */
  get isWaiting() {
    return this._waiting() > 0;
  }

  /** @param {string} id */
  has(id) {
    return this._storage.get(ITEM + id) !== null;
  }

  /** @param {Omit<Item, "n">} item */
  add(item) {
    const last = this.items.at(-1)?.n ?? 0;
    this._write({ ...item, n: Math.max(Date.now(), last + 1) });
    this._changed();
    this.flush();
  }

  /** Take it out: the gateway has it, or the person does not want it sent. @param {string} id */
  remove(id) {
    if (!this.has(id)) return;
    this._storage.set(ITEM + id, null);
    this._changed();
  }

  /** @param {string} id */
  retry(id) {
    const item = this.items.find((one) => one.id === id);
    if (!item) return;
    const { problem, choice, n, ...rest } = item;
    // A choice that was refused once will be again; its label says the same.
    if (problem !== undefined) this.add(rest);
    this.hurry();
  }

  /** Drop what was written in another person's session. @param {string | null} owner */
  keepOnly(owner) {
    for (const item of this.items) {
      if (item.owner !== null && item.owner !== owner) this.remove(item.id);
    }
  }

  /** Try again now, unless the gateway itself asked to wait. */
  hurry() {
    if (!this._storage.get(GATE)?.isTold) this._storage.set(GATE, null);
    this._nap.wake();
    this.flush();
  }

  stop() {
    this._isStopped = true;
    this._nap.wake();
  }

  /** Send what waits, until nothing does. */
  async flush() {
    this._isWanted = true;
    if (this._isRunning) return;
    this._isRunning = true;
    while (this._isWanted && !this._isStopped) {
      this._isWanted = false;
      await this._sendAll();
    }
    this._isRunning = false;
  }

  async _sendAll() {
    while (this._next() && !this._isStopped) {
      const wait = this._waiting();
      if (wait) await this._nap.sleep(wait);
      // Where another tab took the lock away, the queue is read anew.
      else await this._locks.alone("outbox", () => this._sendFirst()).catch(() => {});
    }
  }

  _next() {
    return this.items.find(({ problem }) => problem === undefined);
  }

  /** Under the lock: the first may be another than before. */
  async _sendFirst() {
    const item = this._next();
    if (!item || this._waiting()) return;
    const result = await this._send(item);
    // The stream brought it meanwhile, or it was discarded or erased.
    if (!this.has(item.id) || this._isStopped) return;
    if (result.ok) {
      this._storage.set(GATE, null);
      this._sent(item, result.data);
      this.remove(item.id);
    } else if (isPassing(result) || result.status === 401) this._wait(result.wait);
    else this._write({ ...item, problem: result.detail });
    this._changed();
  }

  /** @param {number} told ms by the gateway, or 0 */
  _wait(told) {
    const tries = (this._storage.get(GATE)?.tries ?? 0) + 1;
    const ms = Math.max(told, pause(tries, this._times));
    this._storage.set(GATE, { tries, ms, at: Date.now(), isTold: told > 0 });
  }

  /** All tabs wait together. @returns {number} ms */
  _waiting() {
    const gate = this._storage.get(GATE);
    const passed = gate ? Date.now() - gate.at : 0;
    // A clock that was set back must not stop the queue.
    return gate && passed >= 0 ? Math.max(0, gate.ms - passed) : 0;
  }

  /** @param {Item} item */
  _write(item) {
    this._storage.set(ITEM + item.id, item);
  }
}
