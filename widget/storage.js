/** The browser's storage, or memory where the browser forbids it. */
export class SafeStorage {
  /** @param {() => globalThis.Storage} open gives localStorage or sessionStorage; may throw */
  constructor(open) {
    /** @type {Map<string, string>} */
    this._memory = new Map();
    try {
      this._store = open();
    } catch {
      this._store = null;
    }
  }

  /**
   * @param {string} key
   * @returns {string | null}
   */
  get(key) {
    try {
      return this._store?.getItem(key) ?? this._memory.get(key) ?? null;
    } catch {
      return this._memory.get(key) ?? null;
    }
  }

  /**
   * Keep `value`, or remove what was kept where it is null.
   * @param {string} key
   * @param {string | null} value
   */
  set(key, value) {
    if (value === null) this._memory.delete(key);
    else this._memory.set(key, value);
    try {
      if (value === null) this._store?.removeItem(key);
      else this._store?.setItem(key, value);
    } catch {
      // A full or forbidden store: memory has it for as long as the page is open.
    }
  }
}
