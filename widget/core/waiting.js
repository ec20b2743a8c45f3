/** Pauses that can be cut short, and how long they should be. */

/** setTimeout fires at once when asked for more. */
const LONGEST = 2 ** 31 - 1;

export class Nap {
  constructor() {
    /** Cut the pause short, if there is one. */
    this.wake = () => {};
  }

  /**
   * @param {number} [ms] without it, until woken
   * @returns {Promise<void>}
   */
  sleep(ms = LONGEST) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), Math.min(ms, LONGEST));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * The pause before trying again: doubled each time, and varied by half, so that after a server's
 * restart not all browsers come at the same moment.
 * @param {number} tries that have failed so far
 * @param {import("./env.js").Times} times
 * @returns {number} ms
 */
export function pause(tries, times) {
  const whole = Math.min(times.backoffMax, times.backoff * 2 ** Math.max(0, tries - 1));
  return whole * (0.5 + Math.random() / 2);
}
