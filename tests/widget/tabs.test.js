/** Two tabs of one browser, with and without the browser's locks and channels. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Locks } from "../../widget/core/tabs.js";
import { SafeStorage } from "../../widget/core/storage.js";
import {
  Browser,
  FAST,
  FakeStorage,
  gatewayFor,
  jwtFor,
  settled,
  sleep,
  textsOf,
  until,
} from "./support.js";

const KINDS = [
  { hasLocks: true, hasChannels: true },
  { hasLocks: false, hasChannels: false },
];

async function twoTabs(kind, options) {
  const gateway = await gatewayFor();
  const browser = new Browser(kind);
  const tabs = [browser.open(gateway, options), browser.open(gateway, options)];
  for (const tab of tabs) await tab.start();
  return { gateway, browser, tabs };
}

for (const kind of KINDS) {
  const how = kind.hasLocks ? "locks and channels" : "leases and storage events";

  test(`${how}: both draw what either sends, once, and one conversation is opened`, async () => {
    const { gateway, tabs } = await twoTabs(kind);
    const [one, other] = tabs;
    for (let i = 0; i < 5; i++) {
      one.send(`1.${i}`);
      other.send(`2.${i}`);
    }
    await settled(one, 20);
    await settled(other, 20);
    assert.equal(gateway.conversations.size, 1);
    const texts = textsOf(gateway.only.messages.filter(({ id }) => id));
    for (const start of ["1.", "2."]) {
      const own = texts.filter((text) => text.startsWith(start));
      assert.deepEqual(own, own.toSorted());
      assert.equal(own.length, 5);
    }
    assert.deepEqual(gateway.statuses("POST /messages"), Array(10).fill(202));
  });

  test(`${how}: what one queues is seen in the other, and sent by it`, async () => {
    const { gateway, tabs } = await twoTabs(kind);
    const [one, other] = tabs;
    gateway.fault = () => ({ drop: true });
    one.send("a");
    await until(() => other.state.outgoing.length === 1);
    one.stop();
    gateway.fault = () => undefined;
    await settled(other, 2);
  });

  test(`${how}: a token is renewed by one of them`, async () => {
    const { gateway, tabs } = await twoTabs(kind);
    const [one, other] = tabs;
    one.send("a");
    await settled(other, 2);
    gateway.sessions.graceMs = 0;
    for (let i = 0; i < 3; i++) {
      gateway.sessions.expire();
      await Promise.all([one.about(), other.about(), one.about()]);
    }
    assert.deepEqual(gateway.statuses("POST /sessions/renew"), [200, 200, 200]);
  });

  test(`${how}: erased, begun, read and thumbs are told`, async () => {
    const { gateway, browser, tabs } = await twoTabs(kind);
    const [one, other] = tabs;
    one.send("a");
    await settled(other, 2);
    await until(() => other.state.unread === 1);
    one.seen(true);
    await until(() => other.state.unread === 0);
    await one.feedback(2, false);
    await until(() => other.state.messages[1].feedback === false);
    gateway.wire = () => [];
    await one.erase();
    await until(() => other.state.erased);
    // A lease that was being taken is given back soon.
    await until(() => browser.store.length === 0);
    gateway.wire = (text) => [text];
    await one.begin();
    await until(() => !other.state.erased);
    other.send("b");
    await settled(one, 2);
    assert.deepEqual(textsOf(one.state.messages), ["b", "eco: b"]);
  });

  test(`${how}: another person, and logging out, reach the other tab`, async () => {
    const { tabs } = await twoTabs(kind, { identity: jwtFor("ana") });
    const [one, other] = tabs;
    one.send("de ana");
    await settled(other, 2);
    await one.identify(jwtFor("bia"));
    await until(() => other.state.messages.length === 0 && other.state.identified);
    one.send("de bia");
    await settled(other, 2);
    assert.equal(other.state.restarted, false);
    await one.logout();
    await until(() => other.state.messages.length === 0 && !other.state.identified);
  });
}

for (const { hasLocks } of KINDS) {
  const how = hasLocks ? "lock" : "lease";

  test(`one at a time holds the ${how}; where its holder is silent, another takes it`, async () => {
    const browser = new Browser({ hasLocks });
    const storage = new SafeStorage(() => browser.store, "p:");
    const times = { ...FAST, steal: 100, lease: 150 };
    const [one, other] = [0, 1].map(() => new Locks({ locks: browser.locks }, storage, times));
    const log = [];
    const run = (name) => async () => {
      log.push(`+${name}`);
      await sleep(10);
      log.push(`-${name}`);
    };
    const runs = [one.alone("x", run("a")), other.alone("x", run("b")), one.alone("x", run("c"))];
    await Promise.all(runs);
    const isPair = (entry, i) => i % 2 === 0 || entry === `-${log[i - 1].slice(1)}`;
    assert.ok(log.every(isPair), log.join());
    if (hasLocks) one.alone("y", () => new Promise(() => {})).catch(() => {});
    else storage.set("lease:y", { holder: "dead", at: Date.now() });
    await other.alone("y", run("d"));
    assert.equal(log.at(-1), "-d");
  });
}

test("a lock that is free again after its holder failed", async () => {
  for (const { hasLocks } of KINDS) {
    const storage = new SafeStorage(() => new FakeStorage(), "p:");
    const locks = new Locks({ locks: new Browser({ hasLocks }).locks }, storage, FAST);
    await assert.rejects(locks.alone("x", () => Promise.reject(new Error("no"))), /no/);
    assert.equal(await locks.alone("x", async () => 7), 7);
  }
});
