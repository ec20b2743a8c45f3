import { LOST } from "./api.js";
import { ask, ownerOf } from "./identity.js";

/**
 * The right to one conversation: opened, kept in storage, renewed, and given up.
 *
 * @typedef {object} Record_ what is kept; `owner` is "" for an anonymous visitor
 * @property {string} token
 * @property {string} renewal
 * @property {number} due when to renew it, ms since 1970
 * @property {number} expires ms since 1970
 * @property {string} conversation
 * @property {boolean} identified
 * @property {string} owner
 *
 * @typedef {{open?: boolean, body?: object | (() => object | null)}} Ask
 * @typedef {Ask & Omit<import("./api.js").Options, "token" | "body">} CallOptions
 *   open: where there is no session, open one; a body that is a function is asked once there is a
 *   session, and null takes the request back
 */
/** Of what is kept, and of the lock. */
const SESSION = "session";

/** @type {import("./api.js").Failure} */
const NONE = { ok: false, status: 401, detail: "", wait: 0 };

export class Session {
  /**
   * @param {object} parts
   * @param {import("./api.js").Api} parts.api
   * @param {import("./storage.js").SafeStorage} parts.storage
   * @param {import("./tabs.js").Locks} parts.locks
   * @param {import("./env.js").Times} parts.times
   * @param {(isGivenUp: boolean) => void} parts.changed the conversation is another one, or
   *   there is none any more: given up for another person, or else lost
   */
  constructor({ api, storage, locks, times, changed }) {
    this._api = api;
    this._storage = storage;
    this._locks = locks;
    this._times = times;
    this._changed = changed;
    /** @type {import("../types.js").Identity | undefined} */
    this._identity = undefined;
  }

  /** Storage is asked each time, since other tabs renew too. @returns {Record_ | null} */
  get record() {
    const kept = this._storage.get(SESSION);
    return typeof kept?.token === "string" ? kept : null;
  }

  /**
   * A request with the session's token, renewed where that is needed.
   * @param {string} method
   * @param {string} path
   * @param {CallOptions} [options]
   * @returns {Promise<import("./api.js").Result>} 401 where there is no session
   */
  async call(method, path, options = {}) {
    const asks = typeof options.body === "function" ? options.body : () => options.body;
    let refused = "";
    for (let last = false; ; last = true) {
      if (asks() === null) return LOST;
      const entry = await this.enter(options.open, refused);
      if (!entry.ok) return entry;
      const { token } = entry.data;
      const body = asks();
      if (body === null) return LOST;
      const result = await this._api.request(method, path, { ...options, body, token });
      if (result.ok || result.status !== 401 || last) return result;
      refused = token;
    }
  }

  /**
   * Get a session that can be used.
   * @param {boolean} [open] open one where there is none
   * @param {string} [refused] a token that the gateway does not take any more
   * @returns {Promise<import("./api.js").Result>} data: Record_
   */
  async enter(open = false, refused = "") {
    const record = this.record;
    if (record && record.token !== refused && Date.now() < record.due) return given(record);
    if (!record && !open) return NONE;
    return this._alone(() => this._renew(open, refused));
  }

  /**
   * Go on as the one whom the host page names; another one's session is given up first.
   * @param {import("../types.js").Identity | undefined} identity
   * @returns {Promise<import("./api.js").Result>} LOST where the page's function failed
   */
  async adopt(identity) {
    this._identity = identity;
    return this._alone(async () => {
      const asked = await ask(identity, this._times.request);
      if (!asked.ok) return LOST;
      const record = this.record;
      const owner = ownerOf(asked.jwt);
      if (record && record.owner !== owner) this._giveUp(record);
      if (!owner || record?.owner === owner) return given(this.record);
      return this._open(asked.jwt);
    });
  }

  /** Log out of this device; the conversation stays at the gateway. */
  logout() {
    const record = this.record;
    this._identity = undefined;
    if (record) this._giveUp(record);
  }

  /** Another tab gave the session up: what this page said of the person holds no more. */
  unname() {
    if (typeof this._identity === "string") this._identity = undefined;
  }

  /** Forget what is kept here, without telling the gateway. */
  forget() {
    this._storage.set(SESSION, null);
  }

  /** @param {() => Promise<import("./api.js").Result>} run */
  _alone(run) {
    // Where another tab took the lock away, what it has done is seen at the next try.
    return this._locks.alone(SESSION, run).catch(() => LOST);
  }

  /**
   * Under the lock. Each renewal can be used once, so one tab does it and the others read on.
   * @param {boolean} open
   * @param {string} refused
   */
  async _renew(open, refused) {
    const record = this.record;
    if (!record) return open ? this._openAsked(open) : NONE;
    const isGood = record.token !== refused;
    if (isGood && Date.now() < record.due) return given(record);
    const result = await this._api.request("POST", "/sessions/renew", {
      body: { renewal: record.renewal },
    });
    // Another tab has erased or logged out meanwhile.
    if (!this.record) return NONE;
    if (result.ok) return this._keep(result.data, record.owner, record.conversation);
    if (isGood && record.expires > Date.now()) return given(record);
    if (![401, 422].includes(result.status)) return result;
    this.forget();
    return this._openAsked(open);
  }

  /** @param {boolean} open also where nobody is logged in */
  async _openAsked(open) {
    const asked = await ask(this._identity, this._times.request);
    if (asked.ok && (open || asked.jwt)) return this._open(asked.jwt);
    this._changed(false);
    return asked.ok ? NONE : LOST;
  }

  /**
   * @param {string} jwt "" for an anonymous visitor
   * @returns {Promise<import("./api.js").Result>}
   */
  async _open(jwt) {
    let result = await this._post(jwt);
    if (jwt && !result.ok && result.status === 401) {
      const again = await ask(this._identity, this._times.request);
      jwt = again.ok ? again.jwt : "";
      result = await this._post(jwt);
    }
    if (jwt && !result.ok && result.status === 401) {
      // Help without a name is better than none.
      console.warn("omni-support: the gateway refused the page's identity");
      jwt = "";
      result = await this._post(jwt);
    }
    return result.ok ? this._keep(result.data, ownerOf(jwt)) : result;
  }

  /** @param {string} jwt */
  _post(jwt) {
    return this._api.request("POST", "/sessions", { body: jwt ? { identity: jwt } : {} });
  }

  /**
   * @param {any} opened the gateway's Session
   * @param {string} owner
   * @param {string} [before] the conversation so far
   */
  _keep({ token, renewal, expires_in, conversation, identified }, owner, before) {
    const ms = expires_in * 1000;
    const expires = Date.now() + ms;
    const due = expires - Math.min(this._times.margin, ms / 2);
    const record = { token, renewal, due, expires, conversation, identified, owner };
    this._storage.set(SESSION, record);
    if (before !== conversation) this._changed(false);
    return given(record);
  }

  /** @param {Record_} record */
  _giveUp({ token }) {
    this.forget();
    this._changed(true);
    // Not waited for: where it is lost, the token runs out by itself.
    this._api.request("DELETE", "/sessions", { token });
  }
}

/**
 * @param {Record_ | null} data
 * @returns {import("./api.js").Result}
 */
const given = (data) => ({ ok: true, status: 200, data });
