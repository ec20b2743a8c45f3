/**
 * Seeded runs of everything that goes wrong at once, and at the end an oracle: what every tab
 * draws is what the gateway stored; each text that was written is stored once; each tab's are in
 * order; each answer was told once, in order.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Browser, gatewayFor, seeded, sleep, textsOf, until } from "./support.js";

const RUNS = Number(process.env.OMNI_WIDGET_RUNS ?? 24);
const FIRST = Number(process.env.OMNI_WIDGET_SEED ?? 1);
const STEPS = 25;

function mischief(gateway, random) {
  const one = (list) => list[Math.floor(random() * list.length)];
  gateway.fault = ({ route }) => {
    if (route === "POST /sessions" || random() > 0.3) return undefined;
    return one([
      { drop: true },
      { after: true },
      { delay: random() * 30 },
      { delay: random() * 30, after: true },
      { status: 503, headers: { "Retry-After": "0" } },
      { status: 429 },
      { status: 500 },
      { html: true },
    ]);
  };
  gateway.answerMs = () => random() * 40;
  gateway.answer = (text) => Array.from({ length: 1 + random() * 2 }, (_, i) => `${i} ${text}`);
  gateway.wire = (text) => {
    const dice = random();
    if (dice < 0.04) return [null];
    if (dice < 0.08 && text.includes("event: message")) return [];
    if (dice < 0.14) return [text, text];
    if (dice < 0.2) return [text.replaceAll("\n", "\r\n")];
    const cut = Math.floor(random() * text.length);
    return dice < 0.6 ? [text.slice(0, cut), text.slice(cut)] : [text];
  };
}

async function run(seed, kind) {
  const random = seeded(seed);
  const gateway = await gatewayFor();
  const browser = new Browser(kind);
  const tabs = [browser.open(gateway), browser.open(gateway)];
  const closed = [];
  const written = tabs.map(() => []);
  const isRenewable = random() < 0.7;
  mischief(gateway, random);
  for (const tab of tabs) await tab.start();
  for (let step = 0; step < STEPS; step++) {
    const at = random() < 0.5 ? 0 : 1;
    const dice = random();
    if (dice < 0.6) {
      written[at].push(`${at}.${step}`);
      tabs[at].send(`${at}.${step}`);
    } else if (dice < 0.7) {
      tabs[at].stop();
      closed.push(tabs[at]);
      tabs[at] = browser.open(gateway);
      await tabs[at].start();
    } else if (dice < 0.76) await gateway.restart(random() * 60);
    else if (dice < 0.82 && isRenewable) gateway.sessions.expire();
    else if (dice < 0.86) tabs[at].env.window.dispatchEvent(new Event("online"));
    await sleep(random() * 15);
  }
  gateway.fault = () => undefined;
  gateway.wire = (text) => [text];
  await check(gateway, tabs, written);
  [...closed, ...tabs].forEach(checkTold);
  tabs.forEach((tab) => tab.stop());
}

async function check(gateway, tabs, written) {
  const count = written.flat().length;
  const isDone = ({ state }) => state === undefined || state === "done";
  const seqs = () => gateway.only.messages.map(({ seq }) => seq).join();
  const isSame = ({ state }) =>
    state.outgoing.length === 0 &&
    !state.working &&
    state.messages.every(isDone) &&
    state.messages.map(({ seq }) => seq).join() === seqs();
  const users = () => (gateway.only?.messages ?? []).filter(({ from }) => from === "user");
  await until(() => users().length >= count, "all stored", 15_000);
  await until(
    () => users().every(isDone) && tabs.every(isSame),
    () => tabs.map(({ state }) => JSON.stringify({ ...state, messages: state.messages.at(-1) })),
    15_000,
  );
  const texts = textsOf(users());
  assert.equal(gateway.conversations.size, 1);
  assert.equal(texts.length, count);
  written.forEach((own, at) => {
    assert.deepEqual(texts.filter((text) => text.startsWith(`${at}.`)), own);
  });
}

/** Each answer once, and in order. */
function checkTold(tab) {
  const told = tab.heard.filter(({ type }) => type === "message").map(({ detail }) => detail.seq);
  assert.deepEqual(told, [...new Set(told)].toSorted((one, other) => one - other));
}

for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
  const hasLocks = seed % 4 !== 0;
  test(`seed ${seed}${hasLocks ? "" : ", without locks"}`, () =>
    run(seed, { hasLocks, hasChannels: hasLocks }));
}
