/** The stored messages: in order, known ones kept as they are, nothing settled open again. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MessageLog } from "../../widget/core/log.js";
import { seqsOf } from "./support.js";

const answer = (seq) => ({ seq, from: "assistant", text: `${seq}`, at: "" });
const mine = (seq, state) => ({ seq, from: "user", text: `${seq}`, at: "", id: `id${seq}`, state });

test("what is known already is not new, and stays the same object", () => {
  const log = new MessageLog();
  assert.deepEqual(seqsOf(log.add([answer(1), answer(2)])), [1, 2]);
  const before = log.messages;
  assert.deepEqual(log.add([answer(2)]), []);
  assert.equal(log.messages, before);
  log.change({ seq: 2, feedback: true });
  assert.equal(log.messages[0], before[0]);
  assert.equal(log.messages[1].feedback, true);
  assert.equal(before[1].feedback, undefined);
  assert.deepEqual([log.last, log.change({ seq: 9 })], [2, false]);
});

test("news that was overtaken opens nothing again", () => {
  const log = new MessageLog();
  log.add([mine(1, "pending")]);
  for (const state of ["done", "set_aside"]) {
    log.change({ seq: 1, state });
    log.add([mine(1, "pending")]);
    assert.equal(log.messages[0].state, state);
  }
});

test("reading begins before the first message that waits for its answer", () => {
  const log = new MessageLog();
  assert.equal(log.from, 0);
  log.add([mine(4, "done"), mine(5, "pending"), answer(6)]);
  assert.equal(log.from, 4);
  log.change({ seq: 5, state: "done" });
  assert.equal(log.from, 6);
});
