import { LOST } from "./api.js";
import { EventReader } from "./sse.js";
import { Nap, pause } from "./waiting.js";

/**
 * Keeps up with the conversation: reads what was missed, then listens to the stream, for ever.
 * Where streams do not come through, it reads again and again.
 *
 * @typedef {object} Hooks
 * @property {(abort: AbortController, tries: number) => Promise<import("./api.js").Result>}
 *   catchUp reads and takes all that is new; so many tries have failed
 * @property {(abort: AbortController) => Promise<import("./api.js").Result>} open data: Response
 * @property {(event: import("./sse.js").ServerEvent) => void} event
 * @property {(connection: import("../types.js").Connection) => void} status
 * @property {() => boolean} isWorking an answer is on its way
 * @property {() => boolean} isAwaited an answer to what was sent in this tab is on its way
 */

/** Streams that end at once, one after the other, until they count as impossible. */
const STRIKES = 3;
/** Why a request was given up here. */
const AGAIN = "again";

export class Listener {
  /**
   * @param {Hooks} hooks
   * @param {import("./env.js").Env} env
   * @param {import("./env.js").Times} times
   */
  constructor(hooks, env, times) {
    this._hooks = hooks;
    this._env = env;
    this._times = times;
    this._nap = new Nap();
    /** @type {object | null} the loop that counts; older ones end */
    this._run = null;
    /** @type {AbortController | null} of what is being read, stream or not */
    this._open = null;
    this._isStream = false;
    this._isSilent = true;
    this._tries = 0;
    this._strikes = 0;
    this._heard = 0;
    this._pollUntil = 0;
    this._isAsleep = false;
    this._shownAt = Date.now();
    this._tickAt = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this._ticker = undefined;
  }

  /** Listen, from the start where it listened already. */
  start() {
    this.stop();
    this._tickAt = Date.now();
    this._ticker = setInterval(() => this._tick(), this._times.tick);
    this._loop((this._run = {}));
  }

  stop() {
    clearInterval(this._ticker);
    this._run = null;
    this._tries = this._strikes = 0;
    this.again();
  }

  /** Read anew at once. */
  again() {
    this._open?.abort(AGAIN);
    this._nap.wake();
  }

  /** The network is back, or the page is seen again: what is open may be dead. */
  refresh() {
    this._tries = 0;
    this._isAsleep = false;
    this.again();
  }

  /** The page is seen again; what was heard of lately is left alone. */
  shown() {
    this._shownAt = Date.now();
    if (this._isAsleep || !this._open || this._silence > this._times.silence / 2) this.refresh();
  }

  /**
   * A message was accepted, so the stream must bring it soon.
   * @param {() => boolean} isThere
   */
  expect(isThere) {
    const stream = this._open;
    if (!this._isStream) return this._nap.wake();
    const accepted = Date.now();
    const isSame = () => this._open === stream && this._isStream;
    setTimeout(() => {
      if (isSame() && !isThere()) this._poll();
    }, this._times.heldBack);
    setTimeout(() => {
      // The message itself comes at once; the note that is due after it does not.
      const isMute = this._heard < accepted + this._times.awaited / 3;
      if (isSame() && isMute && this._hooks.isWorking()) this.again();
    }, this._times.awaited);
  }

  get _silence() {
    return Date.now() - this._heard;
  }

  /** @param {object} run */
  async _loop(run) {
    while (this._run === run) {
      const result = await this._once().catch(() => LOST);
      if (this._run !== run) return;
      this._tries = result.ok ? 0 : this._tries + 1;
      if (!result.ok) this._hooks.status(this._tries > 1 || !isOnLine() ? "offline" : "connecting");
      if (this._isAsleep) await this._nap.sleep();
      else await this._nap.sleep(this._pauseAfter(result));
    }
  }

  /** @param {import("./api.js").Result} result */
  _pauseAfter(result) {
    if (!result.ok) return Math.max(result.wait, pause(this._tries, this._times));
    if (Date.now() > this._pollUntil) return pause(this._strikes, this._times);
    return this._hooks.isWorking() ? this._times.pollWorking : this._times.poll;
  }

  /** @returns {Promise<import("./api.js").Result>} a failure only where nothing could be read */
  async _once() {
    const run = this._run;
    const abort = (this._open = new AbortController());
    this._heard = Date.now();
    const result = await this._hooks.catchUp(abort, this._tries);
    if (result.ok && this._run === run) {
      this._hooks.status("online");
      if (Date.now() >= this._pollUntil && !abort.signal.aborted) await this._listen(abort);
    }
    if (this._open === abort) this._open = null;
    return result;
  }

  /** What could be read a moment ago can be read again: a bad stream is no lost network. */
  async _listen(/** @type {AbortController} */ abort) {
    this._isStream = this._isSilent = true;
    const opened = await this._hooks.open(abort);
    this._heard = Date.now();
    if (opened.ok) await this._read(opened.data);
    this._isStream = false;
    if (abort.signal.reason === AGAIN) return;
    this._strikes = this._isSilent ? this._strikes + 1 : 0;
    if (this._strikes >= STRIKES) this._poll();
  }

  /** @param {Response} response */
  async _read(response) {
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    const events = new EventReader();
    try {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) return;
        this._heard = Date.now();
        this._isSilent = false;
        events.push(decoder.decode(value, { stream: true })).forEach(this._hooks.event);
      }
    } catch {
      // Lost, or given up here.
    }
  }

  _poll() {
    this._strikes = 0;
    this._pollUntil = Date.now() + this._times.pollFor;
    this.again();
  }

  _tick() {
    const late = Date.now() - this._tickAt - this._times.tick;
    this._tickAt = Date.now();
    const isHidden = this._env.document.visibilityState === "hidden";
    // Browsers slow the timers of hidden pages down; there, only silence tells.
    const slept = late > this._times.slept && !isHidden;
    const isMute = this._open && this._silence > this._times.silence;
    if (isMute && this._isSilent && this._isStream) this._poll();
    else if (slept || isMute) this.refresh();
    if (!isHidden) this._shownAt = Date.now();
    else if (Date.now() - this._shownAt > this._times.hidden) this._rest();
  }

  _rest() {
    if (this._hooks.isAwaited()) return;
    this._isAsleep = true;
    this._open?.abort(AGAIN);
  }
}

/** The browser's word is sometimes wrong, so it only chooses what is shown. */
function isOnLine() {
  return globalThis.navigator?.onLine !== false;
}
