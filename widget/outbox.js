/** What the person wrote, kept until the gateway has answered: sent in order, and once. */

import { Refused, Unreachable } from "./api.js";

const KEY = "omni.outbox";
const PAUSES_MS = [700, 2500];

/**
 * @typedef {{id: string, text?: string, choice?: string, label?: string, page?: string}} Item
 * @typedef {object} Events
 * @property {(item: Item) => void} sending
 * @property {(item: Item, messages: object[]) => void | Promise<void>} answered
 * @property {(item: Item) => void} stuck the network failed; the item is kept
 * @property {(item: Item, detail: string) => void} refused the item is dropped
 * @property {() => void} renewed the session had expired; another was opened
 */

export class Outbox {
  /**
   * @param {import("./api.js").Api} api
   * @param {import("./storage.js").SafeStorage} storage of this tab, so that two tabs do not mix
   * @param {Events} events
   */
  constructor(api, storage, events) {
    this._api = api;
    this._storage = storage;
    this._events = events;
    this._busy = false;
    /** @type {Item[]} */
    this.items = read(storage);
  }

  /** Whether everything has been answered. */
  get isIdle() {
    return this.items.length === 0;
  }

  /** @param {Item} item */
  add(item) {
    this.items.push(item);
    this._keep();
    return this.flush();
  }

  /** Send what waits, the oldest first; stops at the first that cannot be sent. */
  async flush() {
    if (this._busy) return;
    this._busy = true;
    try {
      while (this.items.length && (await this._sendFirst()));
    } finally {
      this._busy = false;
    }
  }

  /** @returns {Promise<boolean>} whether to go on with the next */
  async _sendFirst() {
    const item = this.items[0];
    this._events.sending(item);
    try {
      const messages = await this._sendPatiently(item);
      this._drop();
      await this._events.answered(item, messages);
    } catch (error) {
      if (error instanceof Unreachable) {
        this._events.stuck(item);
        return false;
      }
      if (!(error instanceof Refused)) throw error;
      this._drop();
      this._events.refused(item, error.message);
    }
    return true;
  }

  /** @param {Item} item */
  async _sendPatiently(item) {
    for (const pause of PAUSES_MS) {
      try {
        return await this._sendRenewing(item);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    return this._sendRenewing(item);
  }

  /** @param {Item} item */
  async _sendRenewing(item) {
    try {
      return await this._api.send(wire(item));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
    }
    this._api.forget();
    this._events.renewed();
    // The new conversation never offered that choice; its label says the same.
    return this._api.send(wire({ ...item, choice: undefined, text: item.text ?? item.label }));
  }

  _drop() {
    this.items.shift();
    this._keep();
  }

  _keep() {
    this._storage.set(KEY, this.items.length ? JSON.stringify(this.items) : null);
  }
}

/** @param {Item} item */
function wire({ id, text, choice, page }) {
  return { id, page, ...(choice ? { choice } : { text }) };
}

/**
 * @param {import("./storage.js").SafeStorage} storage
 * @returns {Item[]}
 */
function read(storage) {
  try {
    const kept = JSON.parse(storage.get(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((item) => typeof item?.id === "string") : [];
  } catch {
    return [];
  }
}
