/** A browser for the core: storage, locks, channels and events that tabs share, and tabs. */

import assert from "node:assert/strict";
import { after } from "node:test";

import { Conversation } from "../../widget/core/conversation.js";
import { TIMES } from "../../widget/core/env.js";
import { FakeGateway } from "./fake_gateway.js";

/** The real times, shrunk so that tests take milliseconds. */
export const FAST = {
  ...TIMES,
  request: 1_500,
  export: 2_000,
  backoff: 5,
  backoffMax: 60,
  silence: 300,
  tick: 20,
  slept: 2_000,
  heldBack: 80,
  pollWorking: 10,
  poll: 40,
  pollFor: 400,
  hidden: 60,
  steal: 4_000,
  lease: 300,
};

const rejections = [];
process.on("unhandledRejection", (error) => rejections.push(error));
after(() => assert.deepEqual(rejections, []));

/** localStorage, as much of it as is used; `fire` tells the other tabs. */
export class FakeStorage {
  #map = new Map();

  get length() {
    return this.#map.size;
  }

  key(at) {
    return [...this.#map.keys()][at] ?? null;
  }

  getItem(key) {
    return this.#map.get(key) ?? null;
  }

  setItem(key, value) {
    this.#map.set(key, String(value));
  }

  removeItem(key) {
    this.#map.delete(key);
  }

  get text() {
    return JSON.stringify([...this.#map]);
  }
}

class FakeLocks {
  #queues = new Map();

  request(name, { signal, steal }, run) {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const entry = { run, resolve, reject };
      if (steal) {
        const holder = queue.shift();
        holder?.reject(new DOMException("stolen", "AbortError"));
        queue.unshift(entry);
        return this.#grant(queue);
      }
      queue.push(entry);
      signal?.addEventListener("abort", () => {
        if (entry.isHeld) return;
        queue.splice(queue.indexOf(entry), 1);
        reject(signal.reason);
      });
      if (queue.length === 1) this.#grant(queue);
    });
  }

  async #grant(queue) {
    const entry = queue[0];
    if (!entry) return;
    entry.isHeld = true;
    await Promise.resolve().then(entry.run).then(entry.resolve, entry.reject);
    if (queue[0] !== entry) return;
    queue.shift();
    this.#grant(queue);
  }
}

/** What the tabs of one browser share. */
export class Browser {
  constructor({ hasLocks = true, hasChannels = true, store = new FakeStorage() } = {}) {
    this.store = store;
    this.locks = hasLocks ? new FakeLocks() : undefined;
    this.hasChannels = hasChannels;
    this.channels = new Set();
    this.windows = new Set();
    this.tabs = new Set();
    after(() => this.tabs.forEach((tab) => tab.stop()));
  }

  #channel() {
    const channels = this.channels;
    const channel = {
      onmessage: null,
      isClosed: false,
      postMessage(data) {
        assert.ok(!this.isClosed);
        const copy = structuredClone(data);
        for (const other of channels) {
          if (other === channel) continue;
          setTimeout(() => !other.isClosed && other.onmessage({ data: copy }));
        }
      },
      close() {
        this.isClosed = true;
        channels.delete(channel);
      },
    };
    channels.add(channel);
    return channel;
  }

  #storageOf(window) {
    const fire = (key, newValue) => {
      for (const other of this.windows) {
        const event = Object.assign(new Event("storage"), { key, newValue });
        if (other !== window) setTimeout(() => other.dispatchEvent(event));
      }
    };
    return new Proxy(this.store, {
      get: (store, name) => {
        if (name === "setItem") {
          return (key, value) => (store.setItem(key, value), fire(key, value));
        }
        if (name === "removeItem") return (key) => (store.removeItem(key), fire(key, null));
        const value = store[name];
        return typeof value === "function" ? value.bind(store) : value;
      },
    });
  }

  /** A new tab with the widget; `tab.heard` holds its events. */
  open(gateway, options = {}, times = FAST) {
    const window = new EventTarget();
    this.windows.add(window);
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    const env = {
      fetch: (...request) => fetch(...request),
      storage: () => this.#storageOf(window),
      locks: this.locks,
      channel: () => (this.hasChannels ? this.#channel() : null),
      window,
      document,
      frame: (run) => setTimeout(run, 1),
      ...options.env,
    };
    const tab = new Conversation({ gateway: gateway.origin, ...options }, env, times);
    this.tabs.add(tab);
    tab.env = env;
    tab.heard = [];
    for (const type of ["message", "sent", "erased", "restarted"]) {
      tab.addEventListener(type, ({ detail }) => tab.heard.push({ type, detail }));
    }
    const stop = tab.stop.bind(tab);
    tab.stop = () => {
      this.tabs.delete(tab);
      this.windows.delete(window);
      stop();
    };
    return tab;
  }
}

/** A gateway that is closed when the test file ends. */
export async function gatewayFor() {
  const gateway = await new FakeGateway().start();
  after(() => gateway.kill());
  return gateway;
}

/** Wait until `isTrue` gives something true, and return that. */
export async function until(isTrue, what = String(isTrue), ms = 5_000) {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = isTrue();
    if (value) return value;
    if (Date.now() > deadline) assert.fail(`never: ${typeof what === "function" ? what() : what}`);
    await sleep(2);
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const seqsOf = (messages) => messages.map(({ seq }) => seq);

export const textsOf = (messages) => messages.map(({ text }) => text);

/** A JWT by its look alone. */
export const jwtFor = (sub, serial = 0) => `h.${btoa(JSON.stringify({ sub, serial }))}.s`;

/** Numbers from 0 to 1 that are the same at each run (mulberry32). */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Wait until `count` answers are there, and nothing is on its way. */
export const answered = (tab, count) =>
  until(() => {
    const { messages, outgoing, working } = tab.state;
    const answers = messages.filter(({ from }) => from === "assistant").length;
    return answers >= count && outgoing.length === 0 && !working;
  }, `${count} answers: ${JSON.stringify(tab.state)}`);

/** Wait until `count` messages are stored and drawn, and nothing is on its way. */
export const settled = (tab, count) =>
  until(
    () => tab.state.outgoing.length === 0 && tab.state.messages.length === count,
    () => `${count} messages: ${JSON.stringify(tab.state)}`,
  );

/** A tab in the middle of a conversation: one message, one answer, one stream. */
export async function talking(options, times) {
  const gateway = await gatewayFor();
  const browser = new Browser();
  const tab = browser.open(gateway, options, times);
  await tab.start();
  tab.send("a");
  await settled(tab, 2);
  await until(() => gateway.streams.size === 1);
  return { gateway, browser, tab };
}
