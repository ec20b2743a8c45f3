/** The gateway's web API. */

const BASE = "/api/v1";
const TOKEN = "omni.token";
// The gateway answers within ten seconds; after this the network has lost the answer.
const TIMEOUT_MS = 15_000;

/** The gateway understood and said no; `message` is its sentence. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** No answer: worth sending again. */
export class Unreachable extends Error {}

/** Requests that carry the session's token. */
export class Api {
  /** @param {import("./storage.js").SafeStorage} storage keeps the token */
  constructor(storage) {
    this._storage = storage;
  }

  /** Whether there is a conversation to go on with. */
  get hasSession() {
    return this._storage.get(TOKEN) !== null;
  }

  /** Forget the conversation; the next message opens another. */
  forget() {
    this._storage.set(TOKEN, null);
  }

  /**
   * Send a message: {id, text} or {id, choice}, and optionally page.
   * @param {object} message
   * @returns {Promise<object[]>} the answers
   */
  async send(message) {
    if (!this.hasSession) await this._open();
    const { messages } = await this._request("POST", "/messages", message);
    return messages;
  }

  /**
   * Read the stored messages after a number.
   * @param {number} after
   * @returns {Promise<object[]>}
   */
  async history(after) {
    const { messages } = await this._request("GET", `/messages?after=${after}`);
    return messages;
  }

  async _open() {
    const { token } = await this._request("POST", "/sessions");
    this._storage.set(TOKEN, token);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async _request(method, path, body) {
    const response = await fetch(BASE + path, {
      method,
      headers: this._headers(body),
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error) => {
      throw new Unreachable(String(error));
    });
    const answer = await response.json().catch(() => null);
    if (response.ok && answer) return answer;
    if (response.ok || response.status >= 500 || [408, 429].includes(response.status)) {
      throw new Unreachable(String(response.status));
    }
    throw new Refused(response.status, answer?.detail ?? "");
  }

  /** @param {object} [body] */
  _headers(body) {
    const token = this._storage.get(TOKEN);
    return {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body ? { "Content-Type": "application/json" } : {}),
    };
  }
}
