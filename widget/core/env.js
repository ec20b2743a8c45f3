/**
 * What the core needs from the browser, and its times; tests give their own of both.
 *
 * @typedef {object} Env
 * @property {typeof fetch} fetch
 * @property {() => Storage} storage may throw where the browser forbids it
 * @property {LockManager | undefined} locks missing on pages that come over plain http
 * @property {(name: string) => BroadcastChannel | null} channel
 * @property {EventTarget} window
 * @property {Pick<Document, "visibilityState"> & EventTarget} document
 * @property {(run: () => void) => void} frame calls `run` once a frame is drawn, and maybe again
 *
 * @typedef {typeof TIMES} Times
 */

/** In milliseconds. */
export const TIMES = {
  /** until a request counts as lost */
  request: 10_000,
  export: 60_000,
  /** the same of reading what is new: the first try, each further one as much longer */
  catchUp: 4_000,
  /** the first pause before trying again, doubled up to the second */
  backoff: 500,
  backoffMax: 15_000,
  /** silence on a stream that pings every 15 s */
  silence: 35_000,
  /** how often silence, sleep and hiding are looked for */
  tick: 5_000,
  /** a tick that comes this much too late means that the machine slept */
  slept: 10_000,
  /** a stream says nothing for so long after a message was accepted: something holds it back */
  heldBack: 4_000,
  /** the same where an answer is awaited: the gateway says at least a note within 3 s */
  awaited: 4_500,
  pollWorking: 1_500,
  poll: 10_000,
  pollFor: 300_000,
  /** a hidden tab that awaits no answer lets its stream go; browsers allow six to a server */
  hidden: 30_000,
  /** a lock whose holder is silent for so long is taken over */
  steal: 25_000,
  lease: 6_000,
  /** a token is renewed when it has less than this */
  margin: 60_000,
};

/** @returns {Env} */
export function browserEnv() {
  return {
    fetch: (...request) => fetch(...request),
    storage: () => localStorage,
    locks: navigator.locks,
    channel: (name) => ("BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null),
    window,
    document,
    frame: (run) => {
      requestAnimationFrame(run);
      // A hidden page draws no frames.
      setTimeout(run, 100);
    },
  };
}

/**
 * A new UUID. `crypto.randomUUID` is missing where the page comes over plain http.
 * @returns {string}
 */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
