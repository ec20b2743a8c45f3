/**
 * The one line that embeds the widget loads this module; see docs/widget.md:
 * <script type="module" src="https://gateway/widget.js"></script>
 */

import { Conversation } from "./core/conversation.js";
import { Widget } from "./view/widget.js";
import { setTexts } from "./view/words.js";

const NAME = "omni-support";
const METHODS = ["open", "close", "toggle", "send", "identify", "setPage", "destroy"];

/** The script tag that leads here. */
function findTag() {
  const here = import.meta.url.split(/[?#]/)[0];
  return [...document.scripts].find(({ src }) => src.split(/[?#]/)[0] === here);
}

/** The gateway serves widget/styles/ as one sheet, and all modules as one: gateway/packing.py. */
async function loadSheet() {
  const answer = await fetch(new URL("widget.css", import.meta.url));
  if (!answer.ok) throw new Error(`widget.css: ${answer.status}`);
  return new CSSStyleSheet().replace(await answer.text());
}

/** data-text-send="Enviar" is the text "send". @param {Record<string, string | undefined>} data */
function textsOf(data) {
  const found = Object.entries(data).filter(([name]) => /^text[A-Z]/.test(name));
  return Object.fromEntries(
    found.map(([name, text]) => [name[4].toLowerCase() + name.slice(5), text]),
  );
}

/** @param {HTMLElement} node @param {DOMStringMap} data the script tag's data- attributes */
async function start(node, { theme, position, open, page, identity, ...data }) {
  const sheets = [await loadSheet()];
  if (!node.isConnected) (document.body ?? document.documentElement).append(node);
  const gateway = new URL(import.meta.url).origin;
  const chat = new Conversation({ gateway, page, identity });
  const isOpen = open !== undefined && open !== "false";
  return new Widget(node, chat, { theme, position, open: isOpen }, sheets);
}

/**
 * What the host page may call (OmniSupportApi in types.js); what is called before the widget is
 * there waits for it.
 * @param {HTMLElement} node
 * @param {Promise<any>} started
 */
function apiOf(node, started) {
  /** @type {Map<unknown, (event: any) => void>} */
  const heard = new Map();
  /** @type {Record<string, unknown>} */
  const api = { ready: started.then(() => {}) };
  for (const name of METHODS) {
    api[name] = (/** @type {unknown} */ value) => started.then((widget) => widget[name](value));
  }
  api.on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ listener) => {
    if (!heard.has(listener)) heard.set(listener, ({ detail }) => listener(detail));
    node.addEventListener(`omni:${name}`, heard.get(listener) ?? listener);
  };
  api.off = (/** @type {string} */ name, /** @type {(detail: any) => void} */ listener) =>
    node.removeEventListener(`omni:${name}`, heard.get(listener) ?? listener);
  return api;
}

// A second tag, or the same under another address, changes nothing.
if (!customElements.get(NAME)) {
  customElements.define(NAME, class extends HTMLElement {});
  const { title, lang, ...data } = { ...findTag()?.dataset };
  const before = /** @type {any} */ (window).omniSupport;
  setTexts({ title, lang, ...textsOf(data), ...before?.texts });
  const node = /** @type {HTMLElement} */ (
    document.querySelector(NAME) ?? document.createElement(NAME)
  );
  const api = apiOf(node, start(node, data));
  Object.assign(node, api);
  Object.assign(window, { omniSupport: { ...api } });
}
