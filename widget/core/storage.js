/** The browser's storage under one prefix, or memory where the browser forbids it. */
export class SafeStorage {
  /**
   * @param {() => Storage} open may throw
   * @param {string} prefix
   */
  constructor(open, prefix) {
    this.prefix = prefix;
    /** @type {Map<string, string>} only what the browser's storage did not take */
    this._memory = new Map();
    try {
      this._store = open();
    } catch {
      this._store = null;
    }
  }

  /**
   * @param {string} key
   * @returns {any} what was kept, or null
   */
  get(key) {
    const name = this.prefix + key;
    try {
      return JSON.parse(this._memory.get(name) ?? this._store?.getItem(name) ?? "null");
    } catch {
      return null;
    }
  }

  /**
   * Keep `value`, or remove what was kept where it is null.
   * @param {string} key
   * @param {unknown} value
   */
  set(key, value) {
    const name = this.prefix + key;
    this._memory.delete(name);
    try {
      if (value === null) this._store?.removeItem(name);
      else if (this._store) return this._store.setItem(name, JSON.stringify(value));
    } catch {
      // Full or forbidden: memory has it for as long as the page is open.
    }
    if (value !== null) this._memory.set(name, JSON.stringify(value));
  }

  /**
   * @param {string} start
   * @returns {string[]} the keys that begin so
   */
  keys(start) {
    const names = new Set(this._memory.keys());
    try {
      for (let i = 0; i < (this._store?.length ?? 0); i++) names.add(this._store?.key(i) ?? "");
    } catch {
      // Forbidden since it was opened.
    }
    const wanted = this.prefix + start;
    return [...names].filter((n) => n.startsWith(wanted)).map((n) => n.slice(this.prefix.length));
  }

  /** Remove everything under the prefix. */
  clear() {
    for (const key of this.keys("")) this.set(key, null);
  }
}
