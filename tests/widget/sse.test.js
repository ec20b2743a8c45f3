/** The parser of server-sent events, in pieces of every kind. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { EventReader } from "../../widget/core/sse.js";
import { seeded } from "./support.js";

const read = (...pieces) => {
  const reader = new EventReader();
  return pieces.flatMap((piece) => reader.push(piece));
};
const event = (data, type = "message", id = "") => ({ type, data, id });

test("fields, comments, and what is no field", () => {
  const text = ": ping\n\nevent: message\nid: 7\ndata: {}\nretry: 5\nfoo: bar\n\n";
  assert.deepEqual(read(text), [event("{}", "message", "7")]);
  assert.deepEqual(read("data\n\ndata: \n\n"), [event(""), event("")]);
  assert.deepEqual(read("event: x\n\ndata: a\n\n"), [event("a")]);
});

test("the id lasts, the type does not; an id with NUL is ignored", () => {
  const text = "event: a\nid: 1\ndata: x\n\ndata: y\nid: 2\0\n\nid\ndata: z\n\n";
  assert.deepEqual(read(text), [event("x", "a", "1"), event("y", "message", "1"), event("z")]);
});

test("several data lines, one space taken, colons kept", () => {
  assert.deepEqual(read("data:a: b\ndata:  c\ndata\n\n"), [event("a: b\n c\n")]);
});

test("separators of Unicode are no line ends", () => {
  assert.deepEqual(read("data: a\u2028b\u2029c\u0085d\n\n"), [event("a\u2028b\u2029c\u0085d")]);
});

test("a byte order mark at the start only; an unfinished event is none", () => {
  assert.deepEqual(read("\uFEFF", "data: a\n\n"), [event("a")]);
  assert.deepEqual(read("\uFEFFdata: a\n\n\uFEFFdata: b\n\n"), [event("a")]);
  assert.deepEqual(read("data: a\n"), []);
});

test("a line end split between pieces is one; a lone CR ends a line at once", () => {
  assert.deepEqual(read("data: a\r", "\ndata: b\r", "\n\r", "\n"), [event("a\nb")]);
  assert.deepEqual(read("data: a\r\r"), [event("a")]);
  assert.deepEqual(read("data: a\r", "", "\n\n"), [event("a")]);
});

test("any line ends, cut anywhere, read the same", () => {
  const lines = ["id: 1", "data: um", "data: dois", "", ": c", "event: x", "data: três", "", ""];
  const wanted = read(lines.join("\n"));
  assert.equal(wanted.length, 2);
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    // Not all three in one text: CR and then LF would be one line end.
    const ends = seed % 2 ? ["\n", "\r\n"] : ["\r\n", "\r"];
    let text = lines.map((line) => line + ends[Math.floor(random() * 2)]).join("");
    const pieces = [];
    while (text) {
      const length = Math.floor(random() * 5);
      pieces.push(text.slice(0, length));
      text = text.slice(length);
    }
    assert.deepEqual(read(...pieces), wanted, JSON.stringify(pieces));
  }
});
