// Solves a challenge of ALTCHA, version 1: the number up to `maxNumber` whose SHA-256 behind `salt` is `challenge`.
//
// Own SHA-256 (FIPS 180-4): that of browsers answers each call by a promise, which takes far longer than the hash, and
// is not there without https. What all numbers have before them is hashed once. In a page without workers and in the
// service worker it lets other things have their turn in between.

const ROUNDS = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const BEGIN = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const AT_ONCE = 10_000;
const schedule = new Uint32Array(64);

/** Put the 64 bytes of `block` from `at` on into `state`. */
function digestBlock(state, block, at) {
  for (let i = 0; i < 16; i += 1) {
    const j = at + i * 4;
    schedule[i] = (block[j] << 24) | (block[j + 1] << 16) | (block[j + 2] << 8) | block[j + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = schedule[i - 15];
    const y = schedule[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[i] = (schedule[i - 16] + s0 + schedule[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + schedule[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** The answer to a challenge as the server takes it, "" if there is none. */
export async function solveChallenge({ algorithm, challenge, maxNumber, salt, signature }) {
  if (algorithm !== "SHA-256") return "";
  const wanted = Int32Array.from(challenge.match(/.{8}/g), (word) => parseInt(word, 16));
  const head = new TextEncoder().encode(salt);
  const whole = head.length - (head.length % 64);
  const before = Uint32Array.from(BEGIN);
  for (let at = 0; at < whole; at += 64) digestBlock(before, head, at);
  const rest = head.subarray(whole);
  const block = new Uint8Array(128);
  const state = new Uint32Array(8);
  for (let number = 0; number <= maxNumber; number += 1) {
    if (number % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => { setTimeout(resolve, 0); });
    const digits = String(number);
    const length = rest.length + digits.length;
    block.fill(0);
    block.set(rest);
    for (let i = 0; i < digits.length; i += 1) block[rest.length + i] = digits.charCodeAt(i);
    block[length] = 0x80;
    const blocks = length + 9 > 64 ? 128 : 64;
    const bits = (whole + length) * 8;
    block[blocks - 4] = bits >>> 24; block[blocks - 3] = bits >>> 16; block[blocks - 2] = bits >>> 8; block[blocks - 1] = bits;
    state.set(before);
    for (let at = 0; at < blocks; at += 64) digestBlock(state, block, at);
    if ((state[0] | 0) === wanted[0] && state.every((word, i) => (word | 0) === wanted[i])) {
      return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    }
  }
  return "";
}
