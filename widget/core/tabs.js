import { newId } from "./env.js";
import { Nap } from "./waiting.js";

/** Where notes travel that no channel carries. */
const NOTES = "tabs";

/**
 * Runs one thing at a time over all tabs of this origin: by the browser's locks, or, where there
 * are none, by a lease in storage. A lease may, rarely, be held twice; ids made by the client and
 * the gateway's grace for the older renewal make that harmless.
 */
export class Locks {
  /**
   * @param {import("./env.js").Env} env
   * @param {import("./storage.js").SafeStorage} storage
   * @param {import("./env.js").Times} times
   */
  constructor(env, storage, times) {
    this._manager = env.locks;
    this._storage = storage;
    this._times = times;
  }

  /**
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} run
   * @returns {Promise<T>} rejects where `run` does, or where another tab took the lock away
   */
  async alone(name, run) {
    if (!this._manager) return this._leased(name, run);
    const whole = this._storage.prefix + name;
    const stop = new AbortController();
    // A suspended tab may hold it for ever.
    const timer = setTimeout(() => stop.abort(), this._times.steal);
    const granted = () => {
      clearTimeout(timer);
      return run();
    };
    try {
      return await this._manager.request(whole, { signal: stop.signal }, granted);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      return this._manager.request(whole, { steal: true }, run);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} run
   */
  async _leased(name, run) {
    const key = `lease:${name}`;
    const holder = newId();
    while (!(await this._take(key, holder))) await new Nap().sleep(20 + Math.random() * 80);
    const renewing = setInterval(() => this._write(key, holder), this._times.lease / 3);
    try {
      return await run();
    } finally {
      clearInterval(renewing);
      if (this._storage.get(key)?.holder === holder) this._storage.set(key, null);
    }
  }

  /**
   * @param {string} key
   * @param {string} holder
   */
  async _take(key, holder) {
    const held = this._storage.get(key);
    const age = held ? Date.now() - held.at : Infinity;
    if (age >= 0 && age < this._times.lease) return false;
    this._write(key, holder);
    // Another tab may have written at the same moment; the later one has it.
    await new Nap().sleep(20 + Math.random() * 20);
    return this._storage.get(key)?.holder === holder;
  }

  /**
   * @param {string} key
   * @param {string} holder
   */
  _write(key, holder) {
    this._storage.set(key, { holder, at: Date.now() });
  }
}

/**
 * Tells the other tabs of this origin. Where there is no BroadcastChannel, storage carries it.
 *
 * @typedef {{type: string, detail?: any}} Note
 */
export class Tabs {
  /**
   * @param {import("./env.js").Env} env
   * @param {import("./storage.js").SafeStorage} storage
   * @param {(note: Note) => void} heard
   */
  constructor(env, storage, heard) {
    this._storage = storage;
    this._window = env.window;
    this._isClosed = false;
    this._channel = env.channel(storage.prefix);
    this._onStorage = (/** @type {any} */ { key, newValue }) => {
      if (!key?.startsWith(storage.prefix)) return;
      const name = key.slice(storage.prefix.length);
      if (name === NOTES && newValue) heard(JSON.parse(newValue));
      // Storage may lag behind what was told: look again once the change is here.
      if (/^(session|out:)/.test(name)) heard({ type: "outbox" });
      if (name === "read") heard({ type: "read" });
    };
    if (this._channel) this._channel.onmessage = ({ data }) => heard(data);
    this._window.addEventListener("storage", this._onStorage);
  }

  /** @param {Note} note */
  tell(note) {
    if (this._isClosed) return;
    if (this._channel) return this._channel.postMessage(note);
    this._storage.set(NOTES, note);
    // Else the same note told again would be no change, hence no event.
    this._storage.set(NOTES, null);
  }

  close() {
    this._isClosed = true;
    this._channel?.close();
    this._window.removeEventListener("storage", this._onStorage);
  }
}
