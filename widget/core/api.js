/**
 * The gateway's web API; what goes wrong comes back as a value.
 *
 * @typedef {object} Failure
 * @property {false} ok
 * @property {number} status 0: no answer came
 * @property {string} detail the server's sentence, or ""
 * @property {number} wait ms that the server asked to wait, or 0
 *
 * @typedef {{ok: true, status: number, data: any} | Failure} Result
 *
 * @typedef {object} Options
 * @property {object} [body]
 * @property {string} [token]
 * @property {Record<string, string>} [headers]
 * @property {"json" | "blob" | "response"} [as] response: as soon as its head is there
 * @property {AbortController} [abort]
 * @property {number} [timeout] ms
 */

/** @type {Failure} */
export const LOST = { ok: false, status: 0, detail: "", wait: 0 };

const PASSING = [0, 408, 425, 429];

/**
 * Whether the same request may succeed later.
 * @param {Failure} failure
 */
export const isPassing = ({ status }) => PASSING.includes(status) || status >= 500;

/** What the view gets where something it asked for failed. */
export class Problem extends Error {
  /** @param {Failure} failure */
  constructor(failure) {
    super(failure.detail);
    /** @type {import("../types.js").ProblemKey} */
    this.key = keyOf(failure);
    this.status = failure.status;
  }
}

/** @param {Failure} failure */
function keyOf({ status }) {
  if (status === 0) return "offline";
  if (status === 401) return "expired";
  return status === 429 || status >= 500 ? "busy" : "refused";
}

export class Api {
  /**
   * @param {string} gateway its origin
   * @param {import("./env.js").Env} env
   * @param {import("./env.js").Times} times
   */
  constructor(gateway, env, times) {
    this._base = `${gateway}/api/v1`;
    this._fetch = env.fetch;
    this._times = times;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Options} [options]
   * @returns {Promise<Result>}
   */
  async request(method, path, options = {}) {
    const abort = options.abort ?? new AbortController();
    const timer = setTimeout(() => abort.abort(), options.timeout ?? this._times.request);
    try {
      const response = await this._fetch(this._base + path, {
        method,
        headers: headers(options),
        body: options.body && JSON.stringify(options.body),
        signal: abort.signal,
        credentials: "omit",
        cache: "no-store",
      });
      if (!response.ok) return await failure(response);
      return { ok: true, status: response.status, data: await read(response, options.as) };
    } catch {
      // No network, a time-out, or a page that a hotel's network put in the answer's place.
      return LOST;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @param {Options} options */
function headers({ token, body, headers }) {
  return {
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(body ? { "Content-Type": "application/json" } : {}),
    ...headers,
  };
}

/**
 * @param {Response} response
 * @param {Options["as"]} as
 */
function read(response, as) {
  if (as === "response") return response;
  if (as === "blob") return response.blob();
  return response.status === 204 ? null : response.json();
}

/**
 * @param {Response} response
 * @returns {Promise<Failure>}
 */
async function failure(response) {
  const body = await response.json().catch(() => null);
  const detail = typeof body?.detail === "string" ? body.detail : "";
  return { ok: false, status: response.status, detail, wait: waitOf(response) };
}

/** Retry-After is seconds or a date. @param {Response} response */
function waitOf(response) {
  const told = response.headers.get("Retry-After") ?? "";
  const ms = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now();
  return ms > 0 ? ms : 0;
}
