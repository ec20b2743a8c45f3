/** Showing a place of the host page, which its author has marked with data-omni-menu. */

import { el, isCalm } from "./dom.js";
import { fold } from "./words.js";

const SHOWN_MS = 8000;
const GAP_PX = 6;

/**
 * Find the visible element whose mark is the longest beginning of a menu path.
 * @param {string[]} path
 * @returns {HTMLElement | null}
 */
export function findMark(path) {
  const steps = path.map(fold);
  /** @type {HTMLElement | null} */
  let best = null;
  let longest = 0;
  for (const node of document.querySelectorAll("[data-omni-menu]")) {
    const mark = node.getAttribute("data-omni-menu")?.split(">").map(fold) ?? [];
    const isStart = mark.length > longest && mark.every((step, i) => step === steps[i]);
    if (!isStart || !node.checkVisibility({ visibilityProperty: true })) continue;
    best = /** @type {HTMLElement} */ (node);
    longest = mark.length;
  }
  return best;
}

/** A ring above the page around one element; it follows it until Esc, a click or 8 seconds. */
export class Ring {
  /** @param {(name: string, value: string) => void} setVariable */
  constructor(setVariable) {
    this.node = el("div", { class: "ring", hidden: true });
    this._set = setVariable;
  }

  /** @param {HTMLElement} target */
  show(target) {
    this.hide();
    target.scrollIntoView({
      block: "center",
      inline: "nearest",
      behavior: isCalm() ? "instant" : "smooth",
    });
    this.node.hidden = false;
    const ended = new AbortController();
    const options = { capture: true, signal: ended.signal };
    document.addEventListener("pointerdown", () => this.hide(), options);
    document.addEventListener("keydown", (event) => this._onKey(event), options);
    const timer = setTimeout(() => this.hide(), SHOWN_MS);
    ended.signal.addEventListener("abort", () => clearTimeout(timer));
    this._ended = ended;
    this._follow(target, ended.signal);
  }

  /** Take the ring away. */
  hide() {
    this._ended?.abort();
    this.node.hidden = true;
  }

  /** @param {KeyboardEvent} event */
  _onKey(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.hide();
  }

  /** @param {Element} target @param {AbortSignal} ended */
  _follow(target, ended) {
    if (ended.aborted) return;
    const { left, top, width, height } = target.getBoundingClientRect();
    const values = {
      x: left - GAP_PX,
      y: top - GAP_PX,
      w: width + 2 * GAP_PX,
      h: height + 2 * GAP_PX,
    };
    for (const [name, value] of Object.entries(values)) this._set(`--ring-${name}`, `${value}px`);
    requestAnimationFrame(() => this._follow(target, ended));
  }
}
