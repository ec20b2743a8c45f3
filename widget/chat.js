/** The page: puts log, composer, outbox and API together. */

import { Api, Refused } from "./api.js";
import { Composer } from "./composer.js";
import { newId } from "./ids.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { SafeStorage } from "./storage.js";
import { TEXTS } from "./texts.js";

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

const api = new Api(new SafeStorage(() => localStorage));
const log = new Log({ log: find("log"), thread: find("thread"), status: find("status") }, choose);
const composer = new Composer(find("composer"), say, log.announce);
const outbox = new Outbox(api, new SafeStorage(() => sessionStorage), {
  sending: onSending,
  answered: onAnswered,
  stuck: onStuck,
  refused: onRefused,
  renewed: onRenewed,
});

/** The highest number seen, and the client ids shown: nothing is shown twice. */
let last = 0;
const shown = new Set();
let isRestored = true;

/** @param {string} text */
function say(text) {
  send({ id: newId(), text }, text);
}

/**
 * @param {import("./choices.js").Choice} choice
 * @param {MouseEvent} event
 */
function choose({ id, label }, event) {
  send({ id: newId(), choice: id, label }, label);
  focusAfter(event);
}

/** A mouse goes back to the composer; a keyboard stays in place, a finger opens no keyboard. */
function focusAfter(/** @type {MouseEvent} */ event) {
  const byMouse = event.detail > 0 && matchMedia("(hover: hover) and (pointer: fine)").matches;
  if (byMouse) composer.focus();
}

/**
 * @param {import("./outbox.js").Item} item
 * @param {string} text as the person sees it
 */
function send(item, text) {
  const page = document.documentElement.dataset.page;
  showMine({ id: item.id, text, choice: item.choice });
  log.toEnd();
  outbox.add({ ...item, page });
}

/** @param {{id: string, text: string, choice?: string}} message */
function showMine(message) {
  if (shown.has(message.id)) return;
  shown.add(message.id);
  find("restart").hidden = false;
  log.addMine(message);
}

/**
 * @param {any[]} messages both directions, in order
 * @returns {HTMLElement | undefined} the first answer that was new
 */
function show(messages) {
  /** @type {HTMLElement | undefined} */
  let first;
  for (const message of messages) {
    if (message.from === "user") showMine(message);
    else if (message.seq > last) {
      const node = log.addAnswer(message);
      first ??= node;
    }
    last = Math.max(last, message.seq);
  }
  return first;
}

/** @param {import("./outbox.js").Item} item */
function onSending(item) {
  log.markMine(item.id, "sent");
  log.typing(true);
}

/**
 * @param {import("./outbox.js").Item} _item
 * @param {any[]} messages
 */
async function onAnswered(_item, messages) {
  // A gap: another tab has gone on with the conversation meanwhile.
  const gap = isRestored && messages.length > 0 && messages[0].seq > last + 2;
  const all = gap ? await api.history(last).catch(() => messages) : messages;
  log.typing(!outbox.isIdle);
  const first = show(all);
  if (first) log.toStartOf(first);
}

/** @param {import("./outbox.js").Item} item */
function onStuck(item) {
  log.typing(false);
  log.markMine(item.id, "stuck", TEXTS.stuck, () => outbox.flush());
}

/**
 * @param {import("./outbox.js").Item} item
 * @param {string} detail
 */
function onRefused(item, detail) {
  log.typing(!outbox.isIdle);
  log.markMine(item.id, "refused", detail || TEXTS.refused);
}

function onRenewed() {
  last = 0;
  log.addAnswer({ from: "system", text: TEXTS.renewed });
}

/** Show the stored conversation; where its session is over, say so and begin another. */
async function restore() {
  if (!api.hasSession) return;
  try {
    const messages = await api.history(0);
    log.quietly(() => show(messages));
  } catch (error) {
    if (error instanceof Refused) {
      api.forget();
      onRenewed();
    } else {
      isRestored = false;
      log.addNotice(TEXTS.historyFailed, TEXTS.reload, () => location.reload());
    }
  }
}

/** Fetch what another tab has added. */
async function catchUp() {
  if (document.visibilityState !== "visible" || !api.hasSession) return;
  if (!isRestored || !outbox.isIdle) return;
  const messages = await api.history(last).catch(() => []);
  if (outbox.isIdle && show(messages)) log.toEnd();
}

/**
 * @param {string} text
 * @param {MouseEvent} event
 */
function onExample(text, event) {
  say(text);
  // The examples are gone now, and with them the keyboard's place.
  if (event.detail === 0) composer.focus();
  else focusAfter(event);
}

async function start() {
  log.quietly(() => log.greet());
  await restore();
  outbox.items.forEach((item) => showMine({ ...item, text: item.text ?? item.label ?? "" }));
  if (shown.size === 0 && isRestored) log.offerExamples(onExample);
  outbox.flush();
}

find("restart").addEventListener("click", () => {
  say(TEXTS.restart);
  composer.focus();
});
addEventListener("online", () => outbox.flush());
document.addEventListener("visibilitychange", catchUp);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") composer.focus();
});
if (matchMedia("(hover: hover) and (pointer: fine)").matches) composer.focus();
start();
