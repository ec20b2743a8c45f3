/** Who the host page says its user is. */

/**
 * Ask the host page for its JWT.
 * @param {import("../types.js").Identity | undefined} identity
 * @param {number} timeout ms
 * @returns {Promise<{ok: true, jwt: string} | {ok: false}>} jwt is "" where nobody is logged in
 */
export async function ask(identity, timeout) {
  if (typeof identity !== "function") return { ok: true, jwt: identity ?? "" };
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(reject, timeout)));
  try {
    const jwt = await Promise.race([identity(), late]);
    return { ok: true, jwt: typeof jwt === "string" ? jwt : "" };
  } catch {
    return { ok: false };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Tells one person from another without keeping who it is: a hash of the JWT's issuer and
 * subject. It proves nothing, the gateway checks the signature.
 * @param {string} jwt
 * @returns {string} "" for nobody
 */
export function ownerOf(jwt) {
  return jwt && hash(subject(jwt) ?? jwt);
}

/** @param {string} jwt */
function subject(jwt) {
  try {
    const part = jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    const { iss, sub } = JSON.parse(atob(part));
    return sub === undefined ? null : JSON.stringify([iss, sub]);
  } catch {
    return null;
  }
}

/** 53 bits (cyrb53, public domain). @param {string} text */
function hash(text) {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
